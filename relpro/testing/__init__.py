"""Support for tests of kinds and transforms: fixtures, golden graphs, factories."""
