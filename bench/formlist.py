"""The list of forms asked by 10,000 phones that have it already: each answered by 304 after its key was looked at."""

import http.client
import itertools
from collections.abc import Iterator
from statistics import quantiles

from bench.pages import served
from bench.phones import Asked, drive, give_phones, make_form, request

PACK = "demo"
PHONES, CLIENTS, SECONDS = 10_000, 32, 20.0
RATE = 1000


def run(report) -> None:
    keys = give_phones(make_form(), PHONES)
    with served(workers=2) as port:
        asked = Asking(port, keys)
        drive(port, iter(asked), CLIENTS, 3)
        measured = drive(port, iter(asked), CLIENTS, SECONDS)
    report.row(
        "formlist",
        f"304 to {PHONES:,} phones, {CLIENTS} clients: rate",
        measured.rate,
        "/s",
        target=RATE,
        better="more",
    )
    report.row("formlist", "the same, p95", quantiles(measured.times, n=20)[18], "ms")
    report.row("formlist", "not answered by 304", len(measured.wrong), "", target=0)
    report.row("formlist", "processor time of one, web", 1000 * measured.web / len(measured.times), "ms")
    report.row("formlist", "processor time of one, database", 1000 * measured.sessions / len(measured.times), "ms")
    report.row("formlist", "generator", 100 * measured.generator / measured.wall, "% of one")


class Asking:
    """Endless requests, each from the next phone, with the ETag that it was given."""

    def __init__(self, port: int, keys: list[str]):
        server = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
        self.contents = []
        for key in keys:
            path = f"/openrosa/{key}/formList"
            server.request("GET", path, headers={"X-OpenRosa-Version": "1.0"})
            answer = server.getresponse()
            if answer.status != 200 or b"<formID>bench</formID>" not in answer.read():
                raise AssertionError(f"the list of {key} lacks its form ({answer.status})")
            self.contents.append(request("GET", port, path, If_None_Match=answer.headers["ETag"]))
        server.close()

    def __iter__(self) -> Iterator[Asked]:
        for content in itertools.cycle(self.contents):
            yield Asked("", content, 304)
