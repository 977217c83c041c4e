"""A whole release on one machine: every phase of it runs, and what it ships updates what was there.

    manifest + tree -> source -> stage -> phases -> clients -> report

The stage is a Taskcluster, a storage, an update server and workers, all on loopback. What happens
on it is what happens in production: a push, a hook that somebody triggers, a gate that somebody
signs.
"""
