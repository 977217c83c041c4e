"""Asks the update server for the releases that users update from: what their complete MARs are.

Asked once, when a release is promoted; the answer stands in the parameters from then on.
"""

import json
import urllib.request
from collections.abc import Mapping
from typing import Any

from relpro.actions.look_ups import Question

#: Platform of the update server -> language -> name of the archive -> the earlier build.
History = dict[str, dict[str, dict[str, Mapping[str, Any]]]]

_PATIENCE = 60


def look_up(question: Question) -> History:
    """The history of a release, from the server in `look-ups: update-server`."""
    server, product = question.settings["update-server"], question.product.capitalize()
    history: History = {}
    for version, update in sorted(question.details["partial_updates"].items()):
        name = f"{product}-{version}-build{update['buildNumber']}"
        with urllib.request.urlopen(
            f"{server}/api/v1/releases/{name}", timeout=_PATIENCE
        ) as answer:
            blob = json.load(answer)
        # Addresses for tests lead to the files themselves.
        address = blob["fileUrls"]["release-localtest"]["completes"]["*"]
        for target, build in blob["platforms"].items():
            for locale, said in build.get("locales", {}).items():
                url = address.replace("%OS_FTP%", build["OS_FTP"]).replace("%LOCALE%", locale)
                known = history.setdefault(target, {}).setdefault(locale, {})
                known[f"target-{version}.partial.mar"] = {
                    "buildid": said["buildID"],
                    "mar_url": url,
                    "previousVersion": version,
                    "previousBuildNumber": update["buildNumber"],
                    "product": product,
                }
    return history
