"""Ask with this project's own client."""

import os
import sys

from bot.client import Client

question = sys.argv[1] if len(sys.argv) > 1 else "How do I get into computer vision?"

with Client(os.environ.get("CAREERBOT_URL", "http://127.0.0.1:8765"), key=os.environ.get("CAREERBOT_KEY")) as client:
    answer = client.ask(question, sources=2)
    print(answer.text)
    for citation in answer.citations:
        print(f"[{citation.n}] {citation.speaker}: {citation.quote}")

    follow_up = client.ask("and what should a beginner learn first?", history=[answer])
    print(follow_up.text)
    client.feedback(follow_up, "up")
