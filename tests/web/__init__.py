"""Tests of the page at `/`, in a real browser against a stand-in server."""
