"""An official sets up a second factor on a telephone's width, without JavaScript, in Lao; signs in with it; ends sessions."""

import base64
import os
import re
from pathlib import Path

from tests.people.conftest import code_of_app

SHOTS = os.environ.get("SALA_TEST_SHOTS")


def keep(page, name: str) -> None:
    if SHOTS:
        page.screenshot(path=str(Path(SHOTS) / f"{name}.png"), full_page=True)


def test_set_up_sign_in_and_remove(open_page, check_accessibility):
    page = open_page(scripts=False)
    page.sign_in("registrar")
    page.go("/me/second-factor/")
    keep(page, "set-up-lo-360")
    key = re.sub(r"\s", "", page.inner_text("main .codes"))
    assert base64.b32decode(key) and page.locator("main .qr svg").count() == 1
    page.fill("main [name=code]", code_of_app(key))
    page.click("main form button")
    codes = page.locator("main .recovery li").all_inner_texts()
    keep(page, "codes-lo-360")
    assert len(codes) == 10
    try:
        other = open_page(width=1280, scripts=True, language="en")
        other.sign_in("registrar")
        other.goto(other.url.split("/sign-in")[0] + "/desk/")
        assert other.url.endswith("/sign-in/code/")
        check_accessibility(other)
        keep(other, "check-en-1280")
        other.fill("main [name=code]", codes[0])
        other.click("main form button")
        other.go("/me/sessions/")
        check_accessibility(other)
        keep(other, "sessions-en-1280")
        other.click("main button.danger")
        assert other.locator("main tbody tr").count() == 1
        page.goto(page.url)
        assert page.locator("main form").count() == 0  # signed out here by the other
        for path, name in (("/me/", "me"), ("/me/second-factor/codes/", "left")):
            other.go(path)
            check_accessibility(other)
            keep(other, f"{name}-en-1280")
    finally:
        page.sign_in("registrar")
        keep(page, "check-lo-360")
        page.fill("main [name=code]", codes[1])
        page.click("main form button")
        page.go("/me/sessions/")
        keep(page, "sessions-lo-360")
        page.go("/me/second-factor/codes/")
        page.fill("main [name=code]", codes[2])
        page.click("main form button.second")
        page.go("/me/")
        keep(page, "me-lo-360")
    assert "/me/second-factor/" in page.content()
