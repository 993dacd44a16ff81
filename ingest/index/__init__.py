"""The index: SQLite is the truth, FAISS is derived from it, a pointer file says which generation is served.

Import from the modules: `reader` (open and query), `generation` (build and publish), `store` (write), `check` (verify).
"""
