"""Documents that others write, changed at random, and what becomes of each.

`mutation` changes them, `running` runs a command and judges how it ends, and each sort of document
has a module that puts a changed one where the command meets it. `sorts` names them all.
"""
