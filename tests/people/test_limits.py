"""Tries are counted per account and per address in the database; the refusal says when to try again, never who is known."""

from datetime import timedelta

import pytest
from django.core.cache import cache

from sala.core import clock
from sala.core.errors import TooMany
from sala.people import limits
from sala.people.jobs import forget_attempts
from sala.people.models import AttemptCount

pytestmark = pytest.mark.django_db


def answers(visit, email: str, tries: int, address: str = "10.0.0.9") -> list[tuple[int, str]]:
    found = []
    for _try in range(tries):
        answer = visit().post("/sign-in/", {"email": email}, REMOTE_ADDR=address)
        found.append((answer.status_code, answer.headers.get("Location", "")))
    return found


def test_a_known_and_an_unknown_address_are_refused_after_the_same_number_of_tries(visit):
    known, unknown = (answers(visit, email, 7) for email in ("citizen@example.org", "nobody@example.org"))
    assert known == unknown == [(302, "/sign-in/sent/")] * 5 + [(429, "")] * 2


def test_the_count_outlives_the_cache_and_does_not_look_at_capitals(visit):
    answers(visit, "citizen@example.org", 5)
    cache.clear()
    assert answers(visit, "Citizen@Example.org", 1, address="10.0.0.10")[0][0] == 429


def test_one_address_may_ask_for_a_whole_office_but_not_without_end(visit):
    tries = [answers(visit, f"clerk{number}@example.org", 1)[0][0] for number in range(41)]
    assert tries[:40] == [302] * 40 and tries[40] == 429
    assert answers(visit, "other@example.org", 1, address="10.0.0.77")[0][0] == 302


def test_when_the_time_has_passed_it_goes_on(visit):
    answers(visit, "citizen@example.org", 6)
    with clock.fixed(clock.now() + timedelta(minutes=16)):
        assert answers(visit, "citizen@example.org", 1)[0][0] == 302


def test_the_refusal_says_when_in_both_languages(visit):
    answers(visit, "citizen@example.org", 5)
    for lang, word in (("en", "Wait until"), ("lo", "ລໍຖ້າ")):
        answer = visit(language=lang).post("/sign-in/", {"email": "citizen@example.org"}, REMOTE_ADDR="10.0.0.9")
        assert answer.status_code == 429 and word in answer.content.decode() and 0 < int(answer["Retry-After"]) <= 900


def test_guessing_links_is_stopped_and_a_good_link_of_another_address_still_works(visit, sign_in):
    guesses = [visit().get(f"/link/guess{number}/", REMOTE_ADDR="10.0.0.9").status_code for number in range(42)]
    assert guesses[:40] == [422] * 40 and guesses[-1] == 429
    assert sign_in("citizen").get("/me/").status_code == 200


def test_a_success_begins_the_account_anew_and_not_its_address(db):
    for _try in range(5):
        limits.count(limits.CODE, account="7", address="10.0.0.9")
    limits.forget(limits.CODE, account="7")
    limits.count(limits.CODE, account="7", address="10.0.0.9")
    assert sorted(AttemptCount.objects.values_list("count", flat=True)) == [1, 6]


def test_neither_address_nor_account_can_be_read_from_the_count(visit):
    answers(visit, "citizen@example.org", 1)
    assert not AttemptCount.objects.filter(key__icontains="citizen").exists()
    assert AttemptCount.objects.count() == 2


def test_counts_that_have_ended_are_forgotten(db):
    limits.count(limits.LINK, account="a", address="b")
    with clock.fixed(clock.now() + timedelta(hours=1)):
        assert forget_attempts(timestamp=0) == 2
    assert not AttemptCount.objects.exists()


def test_a_count_above_the_limit_stays_refused(db):
    for _try in range(5):
        limits.count(limits.CODE, account="7")
    for _try in range(3):
        with pytest.raises(TooMany):
            limits.count(limits.CODE, account="7")
