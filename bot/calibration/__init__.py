"""A short calibration of the configured language model: which abilities it has, in which languages.

`cases` what is asked · `measure` asking it, through the product's own code · `record` the result as a value and as JSON ·
`store` where results are kept and which one counts · `identity` which model it is · `table` the result for people.
"""
