"""Runs llama-cpp-python's own OpenAI-compatible server, the weights loaded as they lie in the file.

On some virtual machines llama.cpp's AMX buffers end the process (docs/adr/0003-llama-cpp.md); the server has no option for it.
"""

import llama_cpp
from llama_cpp.server.__main__ import main

from bot.llm.llama import plain_buffers

if __name__ == "__main__":
    with plain_buffers(llama_cpp):
        main()
