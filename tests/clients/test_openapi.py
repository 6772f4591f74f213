"""The API as its own description says it can be asked: whatever is sent, no answer is a failure of ours.

Requests are made from the description by schemathesis, the same ones in each run. An ordinary run takes a part of the
addresses, `--full` all of them.
"""

import json
from urllib.parse import urlencode

import pytest
import schemathesis
from django.db import transaction
from django.test import Client
from hypothesis import HealthCheck, Phase, given, settings

from config.api import api
from sala.people import operations as people
from sala.people.models import Role

pytestmark = pytest.mark.django_db
EACH, EXAMPLES, FEW = 8, 12, 4  # every eighth address, and few requests to each, where not all are asked


@pytest.fixture(scope="module")
def operations():
    """All that the description names, by address and method."""
    described = json.loads(json.dumps(api.get_openapi_schema(), default=str))
    found = [one.ok() for one in schemathesis.openapi.from_dict(described).get_all_operations()]
    return sorted(found, key=lambda one: (one.path, one.method))


@pytest.fixture
def clients(world):
    """Nobody, and a program that may all that its post may."""
    post = world.position("HEALTH-P01-data")
    verbs = sorted({verb for role in Role.objects.filter(positiongrant__position=post) for verb in role.verbs})
    _token, secret = people.make_token(world.actor("owner"), post, name="fuzz", verbs=verbs, days=2)
    nobody, program = (Client(raise_request_exception=False) for _each in range(2))
    program.defaults["HTTP_AUTHORIZATION"] = f"Bearer {secret}"
    return [nobody, program]


def ask(client, case) -> int:
    """The status of one request; nothing that it changed is kept."""
    address = case.formatted_path + (f"?{urlencode(case.query, doseq=True)}" if case.query else "")
    sent = {}
    if isinstance(case.body, (dict, list, str, int, float, bool)) or case.body is None:
        sent = {"data": json.dumps(case.body), "content_type": "application/json"}
    elif isinstance(case.body, bytes):
        sent = {"data": case.body, "content_type": case.media_type or "application/octet-stream"}
    with transaction.atomic():
        answer = client.generic(case.method.upper(), address, **sent)
        if answer.streaming:
            answer.close()
        transaction.set_rollback(True)
    return answer.status_code


def failures(operation, clients, examples) -> list[str]:
    """What answered with 500 or more, each once."""
    found: dict[str, None] = {}

    @settings(
        max_examples=examples,
        derandomize=True,
        deadline=None,
        database=None,
        phases=[Phase.explicit, Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(operation.as_strategy())
    def one(case):
        for client in clients:
            if (status := ask(client, case)) >= 500:
                found[f"{case.method} {case.formatted_path} {case.query or ''} {str(case.body)[:200]}: {status}"] = None

    one()
    return list(found)


def test_no_answer_of_a_part_of_the_addresses_is_a_failure(operations, clients):
    some = operations[::EACH]
    assert len(some) > 15
    assert [told for operation in some for told in failures(operation, clients, FEW)] == []


@pytest.mark.full
def test_no_answer_of_any_address_is_a_failure(operations, clients):
    assert [told for operation in operations for told in failures(operation, clients, EXAMPLES)] == []
