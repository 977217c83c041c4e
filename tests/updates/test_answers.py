"""Answers over random rule sets, held against a plain model of the rules."""

from collections import Counter
from random import Random
from typing import Any

from relpro.updates.answer import Answer, Tables, answer
from relpro.updates.offer import Hosts
from relpro.updates.release import Release
from relpro.updates.request import read_request
from relpro.updates.rule import rule_from_json
from tests.updates.generated import Case, Json, make_case, make_tables
from tests.updates.plain_model import expected

#: Requests to one set of rules.
PER_TABLES = 10

#: Requests in all.
REQUESTS = 5000


def tables_of(rows: Json) -> Tables:
    return Tables(
        rules=tuple(rule_from_json(row) for row in rows["rules"]),
        releases={
            row["name"]: Release(row["name"], row["product"], row["blob"])
            for row in rows["releases"]
        },
        pins={(product, channel, pin): name for product, channel, pin, name in rows["pins"]},
        shutoffs=frozenset((product, channel) for product, channel in rows["shutoffs"]),
        hosts=Hosts(rows["hosts"]),
    )


def answered(tables: Tables, case: Case) -> Answer:
    path = "/".join(("", "update", *case.parts, "update.xml"))
    request = read_request(path, case.query, case.user_agent)
    assert request is not None
    return answer(tables, request, case.roll)


def plainly(given: Answer) -> Any:
    """An answer in the terms of the model."""
    if given.refusal is not None:
        return given.refusal.status
    rule = given.rule and given.rule.rule_id
    if given.offer is None:
        return rule, None
    patches = [
        [one.kind, one.url, one.hash_function, one.hash_value, str(one.size)]
        for one in given.offer.patches
    ]
    return rule, ([*given.offer.attributes], patches)


def test_every_answer_is_that_of_the_plain_model() -> None:
    kinds: Counter[str] = Counter()
    for seed in range(REQUESTS // PER_TABLES):
        random = Random(seed)
        rows = make_tables(random)
        tables = tables_of(rows)
        for _ in range(PER_TABLES):
            case = make_case(random)
            wanted = expected(rows, case.parts, case.query, case.user_agent, case.roll)
            given = plainly(answered(tables, case))
            assert given == wanted, (seed, case)
            kinds[_kind(given)] += 1
    # What is compared is not one sort of answer only.
    assert all(kinds[kind] > REQUESTS // 100 for kind in ("offer", "nothing", "refused")), kinds
    assert kinds["with partial"] > REQUESTS // 200, kinds


def _kind(given: Any) -> str:
    if isinstance(given, int):
        return "refused"
    if given[1] is None:
        return "nothing"
    return "with partial" if len(given[1][1]) > 1 else "offer"
