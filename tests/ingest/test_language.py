"""`detect` names the language of short questions and of texts. The questions are invented."""

from __future__ import annotations

import subprocess
import sys

import pytest

from ingest.language import detect

QUESTIONS = {
    "en": (
        "how do I get into CV?",
        "do I need a PhD?",
        "and what hardware did he use?",
        "salary negotiation tips",
        "Who is 王静?",
        "What did Gary do during COVID?",
        "how many Kaggle competitions has he won",
        "resume advice",
    ),
    "es": (
        "¿Cuál es la mejor receta de paella?",
        "cómo empiezo en visión por computador",
        "¿Necesito un doctorado?",
        "consejos para entrevistas técnicas",
        "qué hardware usa",
        "¿Qué hizo Gary durante la pandemia?",
        "¿Vale la pena aprender Rust?",
    ),
    "de": (
        "Wie viele Kaggle-Wettbewerbe hat Vladimir gemacht?",
        "Brauche ich eine Promotion?",
        "Was hat er studiert?",
        "Wie werde ich Machine Learning Engineer?",
        "Tipps für Vorstellungsgespräche",
        "welche Hardware benutzt er",
    ),
    "fr": (
        "Comment devenir ingénieur en vision par ordinateur ?",
        "Ai-je besoin d'un doctorat ?",
        "Faut-il un master ?",
        "quel matériel utilise-t-il",
        "Combien de compétitions a-t-il faites ?",
        "conseils pour négocier son salaire",
    ),
    "pt": (
        "O que é preciso para trabalhar com dados?",
        "Preciso de um doutorado?",
        "Qual é o salário dele?",
        "como começar em visão computacional",
        "Quantas competições ele fez?",
        "dicas para entrevista de emprego",
    ),
    "it": (
        "Come si diventa data scientist?",
        "Serve un dottorato?",
        "quale hardware usa?",
        "Quante gare ha fatto?",
        "consigli per il colloquio di lavoro",
    ),
    "ru": (
        "Как стать инженером по машинному обучению?",
        "Нужна ли мне PhD?",
        "какой GPU лучше",
        "Сколько он зарабатывает?",
        "с чего начать",
    ),
    "zh": (
        "怎么进入计算机视觉领域？",
        "如何学习NLP和PyTorch",
        "我想学 TensorFlow 和 PyTorch",
        "需要博士学位吗",
        "NLP 值得学吗",
        "他用什么 GPU？",
    ),
    "ja": (
        "コンピュータビジョンの仕事に就くには？",
        "博士号は必要ですか",
        "Kaggleのグランドマスターになる方法",
        "年収はいくらですか",
        "GPUは何を使っていますか",
    ),
    "hi": (
        "मैं कंप्यूटर विज़न में कैसे जाऊँ?",
        "क्या मुझे PhD की ज़रूरत है?",
        "मशीन लर्निंग कैसे सीखें",
        "वेतन कितना है?",
        "इंटरव्यू की तैयारी कैसे करें",
    ),
    "ar": (
        "كيف أدخل مجال الرؤية الحاسوبية؟",
        "هل أحتاج إلى دكتوراه؟",
        "ما أفضل GPU",
        "كم راتبه؟",
        "كيف أستعد للمقابلة",
    ),
}


def test_short_questions_are_recognised() -> None:
    """At least 97 % of short career questions in eleven languages are given their language."""
    wrong = [(code, question) for code, questions in QUESTIONS.items() for question in questions if detect(question) != code]
    asked = sum(map(len, QUESTIONS.values()))
    assert asked >= 60
    assert len(wrong) <= 0.03 * asked, wrong


def test_the_answer_stays_among_the_languages_allowed() -> None:
    """`among` bounds what is returned, whatever the script."""
    assert detect("Qual é o salário dele?", among=("es", "en")) in {"es", "en"}
    assert detect("需要博士学位吗", among=("zh", "en")) == "zh"
    assert detect("?!", among=("fr", "de")) == "de"


def test_text_without_letters_counts_as_english() -> None:
    """Numbers and marks have no language; English is the default."""
    assert detect("100 % (2020)") == "en"


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("Чи потрібна мені освіта, щоб її отримати?", "uk"),
        ("چگونه برنامه نویس شوم؟", "fa"),
        ("컴퓨터 비전", "ko"),
        ("Πώς", "el"),
    ],
)
def test_neighbours_that_share_a_script_are_told_apart(text: str, code: str) -> None:
    """Letters that only one language has decide within a script."""
    assert detect(text) == code


def test_a_long_text_in_a_language_nobody_voted_for_is_classified() -> None:
    """Without function words that are known, py3langid is asked among all its languages."""
    text = "Yazılım mühendisi olarak çalışmaya başladığımda hiçbir şey bilmiyordum; zamanla öğrendim. " * 4
    assert detect(text) == "tr"


def test_what_was_prepared_is_not_loaded_again() -> None:
    """After `prepare` the classifier is there for the text that needs it."""
    code = "import sys; from ingest.language import prepare; prepare(); print('py3langid' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "True"


def test_english_questions_do_not_load_the_classifier() -> None:
    """An ordinary English question is decided without py3langid, whose load takes most of a second."""
    code = "import sys; from ingest.language import detect; detect('how do I get a job?'); print('py3langid' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "False"
