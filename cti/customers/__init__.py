"""Customers as a source outside of this house knows them: a CSV file, an SQL database, or an HTTP service.

``directory`` asks, within a time limit; the sources, one file each, know how. Nothing that fails here fails a call: who can't be looked
up is a stranger.
"""

from cti.customers.directory import CustomerDirectory

__all__ = ["CustomerDirectory"]
