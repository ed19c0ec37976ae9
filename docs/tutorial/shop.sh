#!/usr/bin/env bash
# A small shop on Call Commander, made through the REST API alone. Start the system first (make run), then:
#
#   CP_ADMIN_PASSWORD='…' docs/tutorial/shop.sh
#
# Needs bash, curl and python3 (to read JSON). Stops at the first answer that isn't a success and shows it.
set -euo pipefail
shopt -s inherit_errexit

URL=${CP_URL:-http://127.0.0.1:8000}
EMAIL=${CP_ADMIN_EMAIL:-admin@localhost}
: "${CP_ADMIN_PASSWORD:?set it to the password that make run showed at its first start}"
NUMBER=${NUMBER:-+12025550142}            # the number that customers dial
CARRIER=${CARRIER:-127.0.0.2}             # where the carrier's calls come from; here a test caller on this machine
CARRIER_PORT=${CARRIER_PORT:-5060}
TIMEZONE=${TIMEZONE:-America/New_York}
HOLIDAY=${HOLIDAY:-$(date +%Y)-12-25}
OPEN=${OPEN:-'{"days": ["mon","tue","wed","thu","fri","sat","sun"], "start": "00:00", "end": "00:00"}'} # round the clock
TOKEN=

# json FIELD: reads one field of the JSON on standard input; dots go deeper.
json() {
  python3 -c '
import json, sys
value = json.load(sys.stdin)
for part in sys.argv[1].split("."):
    value = value[int(part)] if isinstance(value, list) else value[part]
print(value)' "$1"
}

# api METHOD PATH [JSON]: one request. Prints the answer, or shows what is wrong and ends.
api() {
  local answer status
  answer=$(curl --silent --show-error --max-time 300 --write-out '\n%{http_code}' --request "$1" "$URL/api/v1$2" \
    --header "Authorization: Bearer $TOKEN" --header 'Content-Type: application/json' ${3:+--data "$3"})
  status=${answer##*$'\n'}
  answer=${answer%$'\n'*}
  if [ "$status" -ge 400 ]; then
    printf '%s %s was answered with %s:\n%s\n' "$1" "$2" "$status" "$answer" >&2
    return 1
  fi
  printf '%s\n' "$answer"
}

# make_one PATH JSON: creates an object and prints its id.
make_one() {
  local answer
  answer=$(api POST "$1" "$2")
  json id <<<"$answer"
}

step() { printf '· %s\n' "$*"; }

step "Log in as $EMAIL"
credentials=$(python3 -c 'import json, sys; print(json.dumps({"email": sys.argv[1], "password": sys.argv[2]}))' \
  "$EMAIL" "$CP_ADMIN_PASSWORD")
login=$(api POST /auth/login "$credentials")
TOKEN=$(json access_token <<<"$login")

step "The location gives the shop its local time"
location=$(make_one /locations "{\"name\": \"Corner shop\", \"timezone\": \"$TIMEZONE\",
  \"address\": {\"lines\": [\"1 Main Street\"], \"city\": \"New York\", \"country\": \"US\"}}")

step "A trunk: calls from the carrier's address are taken, ours go out there"
trunk=$(make_one /trunks "{\"name\": \"Carrier\", \"location_id\": \"$location\", \"identity\": \"ip\",
  \"host\": \"$CARRIER\", \"port\": $CARRIER_PORT}")

step "A voicemail box"
box=$(api POST /voicemail-boxes "{\"name\": \"Shop\", \"location_id\": \"$location\", \"number\": \"202\",
  \"greeting\": {\"text\": \"Nobody is here right now. Please leave a message after the tone.\"}}")
pin=$(json pin <<<"$box")
box=$(json id <<<"$box")

step "Two extensions, each with a phone"
sales=$(make_one /extensions "{\"name\": \"Sales\", \"location_id\": \"$location\", \"number\": \"201\"}")
office=$(make_one /extensions "{\"name\": \"Office\", \"location_id\": \"$location\", \"number\": \"202\",
  \"voicemail_box_id\": \"$box\"}")
desk_201=$(api POST /devices "{\"name\": \"desk-201\", \"location_id\": \"$location\",
  \"extension_id\": \"$sales\"}")
desk_202=$(api POST /devices "{\"name\": \"desk-202\", \"location_id\": \"$location\",
  \"extension_id\": \"$office\"}")

step "A queue: music, a whisper to whoever answers, recording, voicemail when nobody can"
queue=$(make_one /queues "{\"name\": \"Sales\", \"location_id\": \"$location\",
  \"members\": [{\"extension_id\": \"$sales\"}], \"whisper\": {\"text\": \"Call from the shop line.\"},
  \"recording\": {\"enabled\": true}, \"max_wait_s\": 120,
  \"overflow\": {\"kind\": \"voicemail\", \"id\": \"$box\"}}")

step "A menu, its prompt spoken from text"
menu=$(make_one /ivr-menus "{\"name\": \"Main menu\", \"location_id\": \"$location\",
  \"prompt\": {\"text\": \"Welcome to the corner shop. For sales, press one. To leave a message, press two.\"},
  \"options\": [{\"digit\": \"1\", \"destination\": {\"kind\": \"queue\", \"id\": \"$queue\"}},
                {\"digit\": \"2\", \"destination\": {\"kind\": \"voicemail\", \"id\": \"$box\"}}],
  \"on_timeout\": {\"kind\": \"queue\", \"id\": \"$queue\"}, \"on_invalid\": {\"kind\": \"queue\", \"id\": \"$queue\"}}")

step "Opening hours and holidays, in the location's time zone"
calendar=$(make_one /holiday-calendars "{\"name\": \"Shop holidays\", \"location_id\": \"$location\",
  \"holidays\": [{\"date\": \"$HOLIDAY\", \"name\": \"Closed\"}]}")
hours=$(make_one /time-conditions "{\"name\": \"Opening hours\", \"location_id\": \"$location\",
  \"open_hours\": [$OPEN], \"holiday_calendar_ids\": [\"$calendar\"],
  \"open\": {\"kind\": \"ivr_menu\", \"id\": \"$menu\"}, \"closed\": {\"kind\": \"voicemail\", \"id\": \"$box\"}}")

step "The number $NUMBER, and where its calls go first"
make_one /phone-numbers "{\"name\": \"Shop line\", \"location_id\": \"$location\", \"number\": \"$NUMBER\",
  \"trunk_id\": \"$trunk\", \"destination\": {\"kind\": \"time_condition\", \"id\": \"$hours\"}}" >/dev/null

step "Ways out: emergency calls first, then everything else, showing the shop's number"
make_one /outbound-routes "{\"name\": \"Emergency\", \"location_id\": \"$location\", \"position\": 1,
  \"pattern\": \"911\", \"emergency\": true, \"trunk_ids\": [\"$trunk\"], \"caller_number\": \"$NUMBER\"}" >/dev/null
make_one /outbound-routes "{\"name\": \"All calls\", \"location_id\": \"$location\", \"pattern\": \"+X.\",
  \"trunk_ids\": [\"$trunk\"], \"caller_number\": \"$NUMBER\"}" >/dev/null

step "Plan: nothing is live yet. This is what an apply would do"
plan=$(api POST /config/plan '{}')
python3 -c '
import json, sys
plan = json.load(sys.stdin)
for problem in plan["problems"]:
    print("   ", problem["severity"], problem["path"] + ":", problem["message"], problem["hint"])
for change in plan["changes"]:
    print("   ", change["effect"])
sys.exit(not plan["ok"])' <<<"$plan"

step "Apply, and wait until the node has loaded and verified it"
release=$(make_one /config/releases '{"reason": "Open the shop"}')
release=$(api GET "/config/releases/$release?wait_s=30")
state=$(json state <<<"$release")
[ "$state" = live ] || { printf 'The release is %s:\n%s\n' "$state" "$release" >&2; exit 1; }

cat <<END
The shop is live.

  number     $NUMBER
  desk-201   extension 201   password $(json secret <<<"$desk_201")
  desk-202   extension 202   password $(json secret <<<"$desk_202")
  voicemail  box 202         PIN $pin

The passwords and the PIN are shown only now.
END
