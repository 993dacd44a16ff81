"""The HTTP service: `bot serve`. Web workers answer, one model process generates, a supervisor keeps them alive."""
