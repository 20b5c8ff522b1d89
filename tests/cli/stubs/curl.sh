# Answers for Okta's organisation acme of datasets/acme ($FIXTURES), and two providers of models. The token comes on stdin.
cat > /dev/null
headers= url=
while [ $# -gt 0 ]; do
    case $1 in
        -D)
            headers=$2
            shift
            ;;
        -K) shift ;;
        https://*) url=$1 ;;
    esac
    shift
done
[ -n "$headers" ] && printf 'HTTP/2 200\r\n' > "$headers"
path=${url#https://*/}
path=${path%%\?*}
case $url in
    *'/api/v1/users?limit=200')
        # The first of two pages.
        printf 'link: <https://acme.okta.com/api/v1/users?after=x&limit=200>; rel="next"\r\n' >> "$headers"
        echo '[]'
        exit 0
        ;;
    *DEPROVISIONED*) path=api/v1/users-deactivated ;;
    https://api.openai.com/*)
        echo '{"object": "list", "data": [], "has_more": false}'
        exit 0
        ;;
    https://api.anthropic.com/*)
        echo '{"data": [], "has_more": false, "first_id": null, "last_id": null}'
        exit 0
        ;;
esac
path=${path#api/v1/}
path=${path#oauth2/v1/}
path=${path/groups\/rules/group-rules}
path=${path/credentials\/secrets/credentials-secrets}
if [ -f "$FIXTURES/okta/acme/$path.json" ]; then
    cat "$FIXTURES/okta/acme/$path.json"
else
    echo '[]'
fi
