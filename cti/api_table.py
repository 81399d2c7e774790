"""The table of routes: every module's rows, one after the other. A new module with rows is named here, and nowhere else."""

from __future__ import annotations

from typing import Final

from cti import (
    api_audit,
    api_callbacks,
    api_calls,
    api_console,
    api_consult,
    api_deliveries,
    api_desk,
    api_events,
    api_events_socket,
    api_in_talk,
    api_incidents,
    api_index,
    api_login,
    api_own_figures,
    api_performance,
    api_promising,
    api_quality,
    api_quality_reports,
    api_recordings,
    api_reference,
    api_reports,
    api_socket,
    api_steering,
    api_takers,
    api_transfer,
    api_users,
    api_wall,
    api_watch,
)
from cti.api_routes import Route

MODULES: Final = (
    api_login,
    api_desk,
    api_transfer,
    api_consult,
    api_console,
    api_steering,
    api_callbacks,
    api_calls,
    api_promising,
    api_takers,
    api_own_figures,
    api_in_talk,
    api_incidents,
    api_reports,
    api_performance,
    api_recordings,
    api_quality,
    api_quality_reports,
    api_deliveries,
    api_users,
    api_audit,
    api_events,
    api_events_socket,
    api_socket,
    api_watch,
    api_wall,
    api_reference,
    api_index,
)

ROUTES: Final[tuple[Route, ...]] = tuple(row for module in MODULES for row in module.ROUTES)
