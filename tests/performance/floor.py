"""Takes a graph file, gives the least that a program in Python can do to write it.

`floor.py keep GRAPH OBJECTS` keeps the objects of a graph file as a pickle. `floor.py write OBJECTS
GRAPH` builds those objects once, garbage collection off, and writes the file in the same form. The
second is what is measured; it imports nothing that it does not need.
"""

import gc
import pickle
import sys

import orjson


def keep(graph: str, objects: str) -> None:
    """Read a graph file, write its objects."""
    with open(graph, "rb") as file:  # noqa: PTH123 - pathlib would be a part of the floor
        found = orjson.loads(file.read())
    with open(objects, "wb") as file:  # noqa: PTH123
        pickle.dump(found, file, protocol=5)


def write(objects: str, graph: str) -> None:
    """Build the objects, write the graph file: keys sorted, one task a line."""
    gc.disable()
    with open(objects, "rb") as file:  # noqa: PTH123
        found = pickle.load(file)
    with open(graph, "wb") as file:  # noqa: PTH123
        start = b"{\n"
        for label in sorted(found):
            body = orjson.dumps(found[label], option=orjson.OPT_SORT_KEYS)
            file.write(start + orjson.dumps(label) + b": " + body)
            start = b",\n"
        file.write(b"\n}\n")


if __name__ == "__main__":
    {"keep": keep, "write": write}[sys.argv[1]](sys.argv[2], sys.argv[3])
