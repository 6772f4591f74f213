"""Where a person is signed in: listed for that person only, ended one by one or all at once."""

import pytest
from allauth.usersessions.models import UserSession
from django.test import Client

from sala.people.devices import device_of

pytestmark = pytest.mark.django_db


def test_each_sign_in_is_listed_and_can_be_ended_from_another(sign_in, world):
    first, second = sign_in("owner"), sign_in("owner", **{"user-agent": "Office computer"})
    page = first.get("/me/sessions/").content.decode()
    assert "Office computer" in page and page.count("this one") == 1
    other = UserSession.objects.get(user_agent="Office computer")
    assert first.post(f"/me/sessions/{other.pk}/end/").status_code == 302
    assert second.get("/me/").status_code == 401 and first.get("/me/").status_code == 200


def test_all_others_are_ended_and_this_one_stays(sign_in):
    mine, others = sign_in("owner"), [sign_in("owner") for _browser in range(3)]
    mine.post("/me/sessions/end-others/")
    assert mine.get("/me/").status_code == 200
    assert [browser.get("/me/").status_code for browser in others] == [401] * 3


def test_the_session_of_another_person_is_neither_seen_nor_ended(sign_in):
    victim, stranger = sign_in("owner"), sign_in("stranger")
    session = UserSession.objects.get(user__email="owner@example.org")
    assert "Browser of owner" not in stranger.get("/me/sessions/").content.decode()
    assert stranger.post(f"/me/sessions/{session.pk}/end/").status_code == 404
    assert victim.get("/me/").status_code == 200
    assert Client().get("/me/sessions/").status_code == 401


def test_signing_out_takes_the_session_off_the_list(sign_in):
    first, second = sign_in("owner"), sign_in("owner", **{"user-agent": "Office computer"})
    second.post("/sign-out/")
    assert "Office computer" not in first.get("/me/sessions/").content.decode()


@pytest.mark.parametrize(
    ("said", "shown"),
    [
        (
            "Mozilla/5.0 (Windows NT 10.0; Win64) AppleWebKit/537.36 Chrome/140.0 Safari/537.36 Edg/140.0",
            "Edge · Windows",
        ),
        ("Mozilla/5.0 (Linux; Android 14) AppleWebKit/537.36 Chrome/140.0 Mobile Safari/537.36", "Chrome · Android"),
        ("Mozilla/5.0 (iPhone; CPU iPhone OS 18 like Mac OS X) Version/18 Mobile Safari/604.1", "Safari · iPhone"),
        ("<script>curl</script>", "<script>curl</script>"),
        ("", "–"),
    ],
)
def test_a_device_is_named_in_words_that_its_owner_knows(said, shown):
    assert device_of(said) == shown
