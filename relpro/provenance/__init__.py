"""What is known of where files of a release are from: stated, signed, traced and verified.

    certificates of workers + ledger -> statements -> folder -> verified, traced

A statement is of in-toto, in an envelope of DSSE: one for each file that a task made or published
(SLSA provenance), one for each task that tested files (test result), and one for each phase of a
release (promotion), which lists all others of the phase by their digests.
"""
