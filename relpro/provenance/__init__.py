"""The provenance of a release's files: statements, signed, verified and traced.

    certificates of workers + ledger -> statements -> folder -> verified, traced

A statement has in-toto's format, in a DSSE envelope. There is one for each file that a task made or
published (SLSA provenance), one for each task that tested files (test result), and one for each
phase of a release (promotion), which lists the phase's other statements with their digests.
"""
