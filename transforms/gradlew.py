"""Takes Gradle tasks, gives the section for run-task: `run: {using: gradlew}`.

```yaml
run:
  using: gradlew
  folder: mobile/android/fenix                  # where its `gradlew` is
  gradlew: [clean, assembleFenixRelease, '-PversionName={version}']
  secrets: [{name: project/mobile/fenix, key: mls, path: .mls_token}]
  dummy-secrets: [{content: faketoken, path: .mls_token}]
  mozconfig: /builds/worker/fetches/mozconfig   # default: the one for lints, with all features
```

The tree's script gets everything through variables. Nothing is downloaded during the build:
Gradle's dependencies are fetched. Source: android_taskgraph/job.py,
taskcluster/scripts/builder/build-android.sh.
"""

from collections.abc import Mapping
from typing import Any

from voluptuous import Optional, Required

from relpro.model.config import WorkerAlias
from relpro.model.parameters import Parameters
from relpro.values import flag, text
from transforms._commands import (
    CHECKOUT,
    SECRETS,
    one_after_another,
    secret_commands,
    secret_worker,
)

SCHEMA = {
    Required("gradlew"): [text],
    Required("folder"): text,
    **SECRETS,
    Optional("mozconfig"): text,
    Optional("use-caches"): flag,
}

_MOZCONFIG = f"{CHECKOUT}/mobile/android/config/mozconfigs/android-arm/nightly-android-lints"


def run(
    section: Mapping[str, Any], parameters: Parameters, _place: WorkerAlias
) -> Mapping[str, Any]:
    """The section for `using: run-task`."""
    given: dict[str, Any] = {
        "command": f"{CHECKOUT}/taskcluster/scripts/builder/build-android.sh",
        "env": {
            "ANDROID_SDK_ROOT": "/builds/worker/fetches/android-sdk-linux",
            "GET_SECRETS": one_after_another(secret_commands(section)),
            "GRADLEW_ARGS": " ".join(section["gradlew"]),
            "GRADLE_USER_HOME": f"{CHECKOUT}/mobile/android/gradle/dotgradle-offline",
            "MOZCONFIG": section.get("mozconfig", _MOZCONFIG),
            "MOZ_ANDROID_FAT_AAR_ARCHITECTURES": "armeabi-v7a,arm64-v8a,x86_64",
            "MOZ_BUILD_DATE": parameters["moz_build_date"],
            "POST_GRADLEW": "",
            "PRE_GRADLEW": one_after_another([("cd", section["folder"])]),
        },
        **secret_worker(section),
    }
    if "use-caches" in section:
        given["use-caches"] = section["use-caches"]
    return given
