"""Ask the gate, and check a webhook's signature: Python 3.9 and later, standard library only.

PLATFORM=http://127.0.0.1:8000 TOKEN=cx_… python gate.py ask CODE MATTER PURPOSE CASE
python gate.py verify whsec_… WEBHOOK-ID WEBHOOK-TIMESTAMP WEBHOOK-SIGNATURE < body
"""

import base64
import hmac
import json
import os
import sys
import time
import urllib.error
import urllib.request


def ask(platform, token, **words):
    """The gate's answer: none, may_apply or unknown. What cannot be asked is unknown, never none."""
    request = urllib.request.Request(
        platform + "/api/v1/gate",
        data=json.dumps(words).encode(),
        headers={"Authorization": "Bearer " + token, "Content-Type": "application/json"},
    )
    try:
        with urllib.request.urlopen(request, timeout=10) as answer:
            return json.load(answer)
    except urllib.error.HTTPError as refused:
        problem = json.load(
            refused
        )  # 429 is over the quota: come again in refused.headers["Retry-After"] seconds
        return {"answer": "unknown", "measures": [], "sentence": problem["title"]}
    except OSError as trouble:
        return {"answer": "unknown", "measures": [], "sentence": str(trouble)}


def is_ours(secret, identity, moment, signature, body):
    """Whether the platform signed this body, within five minutes."""
    if abs(time.time() - int(moment)) > 300:
        return False
    key = base64.b64decode(secret[len("whsec_") :])
    signed = identity.encode() + b"." + moment.encode() + b"." + body
    expected = "v1," + base64.b64encode(hmac.new(key, signed, "sha256").digest()).decode()
    return any(hmac.compare_digest(expected, each) for each in signature.split())


if __name__ == "__main__":
    if sys.argv[1] == "ask":
        names = ("code", "matter", "purpose", "case")
        told = ask(os.environ["PLATFORM"], os.environ["TOKEN"], **dict(zip(names, sys.argv[2:])))
        print(told["answer"])
        for measure in told["measures"]:
            print(measure["binding"], measure["citation"], measure["contact"])
    else:
        right = is_ours(*sys.argv[2:6], body=sys.stdin.buffer.read())
        print("ours" if right else "not ours")
        sys.exit(0 if right else 1)
