import pytest

from relpro.verify.bodies import check_body
from tests.verify import bodies as b
from tests.verify.bodies import GONE, Cases, changed, less, more, upstream, with_scopes

BROKEN: Cases = {
    "no balrog server": (
        "scriptworker-balrog",
        with_scopes(b.SCHEDULE, "project:releng:balrog:action:schedule"),
        "exactly one scope `...:balrog:server:<name>` is needed, found none",
    ),
    "an unknown balrog server": (
        "scriptworker-balrog",
        with_scopes(b.SCHEDULE, "project:releng:balrog:server:production"),
        (
            "scope `...:balrog:server:production` does not end in one of"
            " `nightly`, `aurora`, `beta`, `release`, `esr`, `dep`, `staging`"
        ),
    ),
    "a behavior that is none": (
        "scriptworker-balrog",
        changed(b.READONLY, "payload", "behavior", "set-readwrite"),
        (
            "`payload.behavior` is `set-readwrite`, not one of `submit-locale`, `v2-submit-locale`,"
            " `submit-toplevel`, `v2-submit-toplevel`, `submit-system-addons`, `schedule`,"
            " `set-readonly`"
        ),
    ),
    "a scope for another behavior": (
        "scriptworker-balrog",
        more(b.READONLY, "project:releng:balrog:action:schedule"),
        "`payload.behavior` is `set-readonly`, but a scope names action `schedule`",
    ),
    "a behavior from the scope": (
        "scriptworker-balrog",
        more(
            changed(b.READONLY, "payload", {"product": "app", "version": "92.0"}),
            "project:releng:balrog:action:set-readonly",
        ),
        "`payload` lacks `build_number`",
    ),
    "no release eta": (
        "scriptworker-balrog",
        changed(b.SCHEDULE, "payload", "release_eta", GONE),
        "`payload` lacks `release_eta`, which may be empty",
    ),
    "rules by name where numbers are due": (
        "scriptworker-balrog",
        changed(b.SCHEDULE, "payload", "publish_rules", ["app-release"]),
        '`payload.publish_rules[0]` is `"app-release"`, not of type `number`',
    ),
    "partials as a list": (
        "scriptworker-balrog",
        changed(b.SUBMIT_TOPLEVEL, "payload", "partial_versions", []),
        "`payload.partial_versions` is `[]`, not of type `string`",
    ),
    "a second manifest": (
        "scriptworker-balrog",
        changed(b.SUBMIT_LOCALE, "payload", "upstreamArtifacts", [upstream("a", "b")]),
        "`payload.upstreamArtifacts` must be one manifest, found `a`, `b`",
    ),
    "no bouncer server": (
        "scriptworker-bouncer",
        less(b.BOUNCER_ALIASES, ":production"),
        "exactly one scope `...:bouncer:server:<name>` is needed, found none",
    ),
    "an unknown bouncer action": (
        "scriptworker-bouncer",
        more(less(b.BOUNCER_ALIASES, ":aliases"), "project:releng:bouncer:action:alias"),
        (
            "scope `...:bouncer:action:alias` does not end in one of"
            " `submission`, `aliases`, `locations`"
        ),
    ),
    "a bouncer key for another action": (
        "scriptworker-bouncer",
        changed(b.BOUNCER_ALIASES, "payload", "locales", ["de"]),
        "`payload` has keys that nothing reads: `locales`",
    ),
    "no ship-it server": (
        "scriptworker-shipit",
        more(less(b.SHIPPED, ":production"), "project:releng:other"),
        "exactly one scope `...:ship-it:server:<name>` is needed, found none",
    ),
    "two ship-it actions": (
        "scriptworker-shipit",
        more(b.SHIPPED, "project:releng:ship-it:action:mark-as-merged"),
        (
            "exactly one scope `...:ship-it:action:<name>` is needed, found"
            " `...:ship-it:action:mark-as-shipped`, `...:ship-it:action:mark-as-merged`"
        ),
    ),
    "no release name": (
        "scriptworker-shipit",
        changed(b.SHIPPED, "payload", {}),
        "`payload` lacks `release_name`",
    ),
    "no dependency": (
        "scriptworker-shipit",
        changed(b.SHIPPED, "dependencies", []),
        "`dependencies` holds fewer items than `1`",
    ),
}


@pytest.mark.parametrize("case", BROKEN)
def test_what_a_release_service_refuses_is_the_one_thing_said(case: str) -> None:
    implementation, body, text = BROKEN[case]
    assert list(check_body(implementation, body)) == [text]


def test_scopes_and_schema_are_judged_together() -> None:
    body = less(changed(b.SHIPPED, "payload", {}), ":production")
    assert sorted(check_body("scriptworker-shipit", body)) == [
        "`payload` lacks `release_name`",
        "`scopes` holds fewer items than `2`",
        "exactly one scope `...:ship-it:server:<name>` is needed, found none",
    ]


def test_the_behavior_of_balrog_has_a_default() -> None:
    body = changed(b.SUBMIT_LOCALE, "payload", "behavior", GONE)
    assert list(check_body("scriptworker-balrog", body)) == []
