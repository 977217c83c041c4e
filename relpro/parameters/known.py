"""Every parameter of the engine. Names are those of Taskcluster decision tasks."""

from collections.abc import Mapping
from typing import Any

from relpro.model.config import LEVELS
from relpro.model.phase import PHASES
from relpro.parameters.holds import (
    ADDRESS,
    BUILD_ID,
    DATE,
    FLAG,
    OWNER,
    REVISION,
    TEXT,
    TEXT_OR_NUMBER,
    WEB_ADDRESS,
    ListOf,
    MappingOf,
    RecordOf,
    at_least,
    build_number,
    one_of,
)
from relpro.parameters.parameter import Field, Parameter

#: Events (`tasks_for` of .taskcluster.yml, and of cron and action tasks).
TASKS_FOR = (
    "hg-push",
    "github-push",
    "github-pull-request",
    "github-pull-request-untrusted",
    "github-release",
    "github-issue-comment",
    "cron",
    "action",
)

#: The kind of partner builds that has campaigns instead of partners with sub-partners.
ATTRIBUTION = "release-partner-attribution"

#: Nightlies are identified by build ids; a promotion gives versions and builds itself.
_EARLIER_BUILD = RecordOf(
    {"buildid": TEXT, "mar_url": TEXT},
    {"previousVersion": TEXT, "previousBuildNumber": TEXT_OR_NUMBER, "product": TEXT},
    TEXT_OR_NUMBER,
)
_WANTED = {"locales": ListOf(TEXT), "platforms": ListOf(TEXT)}
_PARTNER_BUILD = RecordOf({}, _WANTED)
_CAMPAIGN = RecordOf({"campaign": TEXT, "content": TEXT}, _WANTED)
_CAMPAIGNS = RecordOf({"configs": ListOf(_CAMPAIGN)}, {"defaults": MappingOf(TEXT)})

PARAMETERS = (
    Parameter(
        "app_version", TEXT, "", "The version that the binaries report; by default `version`."
    ),
    Parameter(
        "base_ref",
        TEXT,
        "",
        "The ref that the change is based on.",
        null=True,
        variable="BASE_REF",
    ),
    Parameter(
        "base_repository",
        ADDRESS,
        "",
        "The repository that the change is based on.",
        variable="BASE_REPOSITORY",
    ),
    Parameter(
        "base_rev", TEXT, "", "The revision that the change is based on.", variable="BASE_REV"
    ),
    Parameter(
        "build_date",
        at_least(0),
        0,
        "When the build was started; dates in index paths are made of it.",
    ),
    Parameter(
        "build_number",
        build_number(),
        1,
        "Counts the attempts at a version.",
        field=Field("Counts the attempts at this version, from 1."),
    ),
    Parameter(
        "build_rev",
        TEXT,
        "",
        "The revision of the builds that are promoted, where the kinds are of another.",
    ),
    Parameter(
        "do_not_optimize",
        ListOf(TEXT),
        [],
        "Labels that are made although something could stand in for them.",
        field=Field("Labels to make anew, although they exist.", stays=True),
    ),
    Parameter("dontbuild", FLAG, False, "Whether the commit asked for nothing to be run."),
    Parameter(
        "enable_always_target",
        FLAG,
        True,
        "Whether tasks with `always-target` are wanted whatever a method says.",
    ),
    Parameter(
        "existing_tasks",
        MappingOf(TEXT),
        {},
        "Label -> task id of what earlier graphs of this release made.",
    ),
    Parameter(
        "files_changed", ListOf(TEXT), [], "Files that the push changed, for `skip-unless-changed`."
    ),
    Parameter(
        "files_changed_assumed",
        TEXT,
        "",
        "What was assumed to tell `files_changed`, or why nobody can; empty where nothing was.",
    ),
    Parameter(
        "filters",
        ListOf(TEXT),
        ["target_tasks_method"],
        "Carried for other tools; a target method names its filters.",
    ),
    Parameter(
        "head_git_rev", TEXT, "", "The git revision of a release in a Mercurial project.", null=True
    ),
    Parameter("head_ref", TEXT, "", "The ref that is built.", variable="HEAD_REF"),
    Parameter(
        "head_repository", ADDRESS, "", "The repository that is built.", variable="HEAD_REPOSITORY"
    ),
    Parameter("head_rev", REVISION, "", "The revision that is built.", variable="HEAD_REV"),
    Parameter("head_tag", TEXT, "", "The tag that was pushed.", null=True, variable="HEAD_TAG"),
    Parameter("hg_branch", TEXT, None, "The Mercurial branch.", null=True),
    Parameter(
        "level",
        one_of(*LEVELS),
        "1",
        "How much the code is trusted: `1`, `2` or `3`.",
        variable="LEVEL",
    ),
    Parameter("message", TEXT, "", "The message of the commit."),
    Parameter(
        "moz_build_date", BUILD_ID, "19700101000000", "The build id: year to second, in UTC."
    ),
    Parameter(
        "next_version",
        TEXT,
        None,
        "The version after this one.",
        null=True,
        field=Field("The version after this one; needed by flavors that bump the version."),
    ),
    Parameter("optimize_strategies", TEXT, None, "Carried for other tools.", null=True),
    Parameter("optimize_target_tasks", FLAG, True, "Whether wanted tasks may be replaced, too."),
    Parameter("owner", OWNER, "nobody@example.com", "Who pushed.", null=True, variable="OWNER"),
    Parameter(
        "partial_versions",
        ListOf(TEXT),
        [],
        "Carried for other tools; `release_history` says what is updated from.",
    ),
    Parameter("project", TEXT, "", "The repository or branch that is built.", variable="PROJECT"),
    Parameter(
        "pull_request_number",
        at_least(1),
        None,
        "The number of the pull request.",
        null=True,
        variable="PULL_REQUEST_NUMBER",
    ),
    Parameter("pushdate", at_least(0), 0, "When the push happened.", variable="PUSH_DATE_TIME"),
    Parameter("pushlog_id", TEXT, "0", "The number of the push.", variable="PUSHLOG_ID"),
    Parameter(
        "release_enable_emefree",
        FLAG,
        False,
        "Whether builds without encrypted media are made.",
        field=Field("Make the builds without encrypted media."),
    ),
    Parameter(
        "release_enable_partner_attribution",
        FLAG,
        False,
        "Whether attributed builds are made.",
        field=Field("Make the builds attributed to partners."),
    ),
    Parameter(
        "release_enable_partner_repack",
        FLAG,
        False,
        "Whether partner repacks are made.",
        field=Field("Make the partner repacks."),
    ),
    Parameter(
        "release_eta",
        DATE,
        "",
        "When updates go live, in ISO 8601; empty: at once.",
        null=True,
        field=Field("When updates go live: an ISO 8601 date with time; empty: at once."),
    ),
    Parameter(
        "release_history",
        MappingOf(MappingOf(MappingOf(_EARLIER_BUILD))),
        {},
        "Platform -> locale -> earlier builds that partial updates start from.",
        null=True,
    ),
    Parameter(
        "release_partner_build_number",
        build_number(),
        1,
        "Counts the attempts at the partner builds.",
        field=Field("Counts the attempts at the partner builds, from 1."),
    ),
    Parameter(
        "release_partner_config",
        RecordOf({}, {ATTRIBUTION: _CAMPAIGNS}, MappingOf(MappingOf(_PARTNER_BUILD))),
        {},
        "What partners want built: kind of builds -> partner -> sub-partner -> build.",
        null=True,
        field=Field("The partners' configuration, instead of looking it up.", stays=True),
    ),
    Parameter(
        "release_partners",
        ListOf(TEXT),
        None,
        "Only these partners; null: all.",
        null=True,
        field=Field("Only these partners; empty: all."),
    ),
    Parameter(
        "release_product", TEXT, None, "The product that is promoted; null on a push.", null=True
    ),
    Parameter("release_type", TEXT, "", "The kind of release, for example `beta`.", null=True),
    Parameter(
        "repository_type", one_of("git", "hg"), "git", "`git` or `hg`.", variable="REPOSITORY_TYPE"
    ),
    Parameter(
        "required_signoffs",
        ListOf(TEXT),
        [],
        "Sign-offs without which tasks that name them are left out.",
        field=Field("Sign-offs without which some tasks are left out.", stays=True),
    ),
    Parameter(
        "shipping_phase",
        one_of(*PHASES, unsaid=True),
        None,
        "The phase that is run, in an action.",
        null=True,
    ),
    Parameter(
        "signoff_urls",
        MappingOf(WEB_ADDRESS),
        {},
        "Sign-off -> where it was given.",
        field=Field("Sign-off -> where it was given.", stays=True),
    ),
    Parameter(
        "target_tasks_method",
        TEXT,
        "",
        "The target method; by default that of the configuration.",
        variable="TARGET_TASKS_METHOD",
    ),
    Parameter(
        "tasks_for",
        one_of(*TASKS_FOR, unsaid=True),
        "",
        f"What happened: {', '.join(f'`{name}`' for name in TASKS_FOR)}.",
        variable="TASKS_FOR",
    ),
    Parameter(
        "version",
        TEXT,
        "",
        "The version that is released.",
        null=True,
        field=Field("The version to release, where it is not the one in the tree.", stays=True),
    ),
)

KNOWN: Mapping[str, Parameter] = {row.name: row for row in PARAMETERS}

#: What a decision task is told: name of the parameter -> end of the variable's name.
VARIABLES: Mapping[str, str] = {row.name: row.variable for row in PARAMETERS if row.variable}

#: The value of every parameter where nothing says otherwise.
DEFAULTS: Mapping[str, Any] = {row.name: row.default for row in PARAMETERS}


def without_nulls(values: Mapping[str, object]) -> dict[str, object]:
    """The parameters with defaults in place of nulls, for those whose default is not null."""
    return {name: DEFAULTS.get(name) if value is None else value for name, value in values.items()}
