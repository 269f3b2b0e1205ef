#!/bin/sh
# Ask the gate, and check a webhook's signature: curl and openssl.
#
#   PLATFORM=http://127.0.0.1:8000 TOKEN=cx_… sh gate.sh ask CODE MATTER PURPOSE CASE
#   sh gate.sh verify whsec_… WEBHOOK-ID WEBHOOK-TIMESTAMP WEBHOOK-SIGNATURE < body
set -eu

if [ "$1" = ask ]; then
    # On a refusal curl prints the problem with its sentence and remedy, and the exit status says so.
    exec curl -sS --fail-with-body "$PLATFORM/api/v1/gate" \
        -H "Authorization: Bearer $TOKEN" -H 'Content-Type: application/json' \
        -d "{\"code\": \"$2\", \"matter\": \"$3\", \"purpose\": \"$4\", \"case\": \"$5\"}"
fi

age=$(($(date +%s) - $4))
[ "${age#-}" -le 300 ] || { echo 'not ours: too old'; exit 1; }
key=$(printf %s "${2#whsec_}" | openssl base64 -d -A | od -An -v -tx1 | tr -d ' \n')
expected="v1,$({ printf '%s.%s.' "$3" "$4"; cat; } | openssl dgst -sha256 -mac HMAC -macopt "hexkey:$key" -binary | openssl base64 -A)"
case " $5 " in
    *" $expected "*) echo ours ;;
    *) echo 'not ours'; exit 1 ;;
esac
