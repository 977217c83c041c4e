"""A whole release on one machine: every phase runs, and the previous release is updated to it.

    manifest + tree -> source -> stage -> phases -> clients -> report

The stage is a Taskcluster, a storage, an update server and workers, all on loopback. The events are
those of production: a push, a triggered hook, a signed-off gate.
"""
