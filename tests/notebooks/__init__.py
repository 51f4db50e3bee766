"""Tests of the course: the notebooks, their exercises, and what checks the answers."""
