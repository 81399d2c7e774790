"""The automatic call distributor: the deterministic core (model, events, effects, router), its runner and its stores."""
