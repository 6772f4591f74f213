"""What stands between the internet and the program: the proxy, whose word is believed only when it is the proxy's."""

import pytest

from config.wsgi import behind


@pytest.mark.parametrize(("proxies", "came_from", "expected"), [
    ("1", "127.0.0.1", ("203.0.113.9", "https")),
    ("1", "198.51.100.4", ("198.51.100.4", "http")),
    ("10.0.0.0/8", "10.1.2.3", ("203.0.113.9", "https")),
    ("", "127.0.0.1", ("127.0.0.1", "http")),
])  # fmt: skip
def test_the_callers_address_is_believed_from_the_proxy_only(proxies, came_from, expected):
    seen = {}

    def program(environ, start_response):
        seen.update(environ)
        return []

    forged = {"HTTP_X_FORWARDED_FOR": "203.0.113.9", "HTTP_X_FORWARDED_PROTO": "https", "wsgi.url_scheme": "http"}
    behind(proxies, program)({"REMOTE_ADDR": came_from, **forged}, None)
    assert (seen["REMOTE_ADDR"], seen["wsgi.url_scheme"]) == expected
