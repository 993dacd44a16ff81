"""Fetching one document from the web, with the caution that an address typed by anybody asks for.

`address` and `network` decide what may be connected to, `session` reads within limits, `robots` asks the site, `page` and
`captions` bring a document home, `card` and `library` keep it where `ingest sync` reads it, `add` does all of it.
"""
