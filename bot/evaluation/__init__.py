"""`bot eval`: how good the answers are, measured on texts that nobody on the project wrote.

`suite` what a suite is and gives · `suites/` one module each · `bench` index, models and clock for them · `memory` what models
said before · `results` JSON and baselines · `table`, `page` what people read. Every suite runs the product's own code.
"""

from bot.evaluation.suite import Case, Result, Row, Suite, Target

__all__ = ["Case", "Result", "Row", "Suite", "Target"]
