"""Skills, proficiencies and requirements: who can take which call. Pure; knows nothing of calls, queues or time of day."""
