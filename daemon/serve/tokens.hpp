// Making and taking back access tokens, for the HTTP interface and for segmentctl alike.
//
// A secret reads sgd_ID_SECRET: the prefix for scanners that look for leaked secrets, the id (64 random bits) by
// which the token is listed, found and revoked, and 256 random bits.
#pragma once

#include <boost/json/fwd.hpp>
#include <span>
#include <string>
#include <string_view>

#include "base/records.hpp"
#include "base/sha256.hpp"
#include "daemon/serve/roles.hpp"
#include "daemon/store/stored_token.hpp"

namespace segmentd::daemon {

struct TokenWish {
    std::string role;
    std::string expires_in;  // "90d"; up to 3650d
    std::string name;        // empty: made of the role and the id
};

struct NewToken {
    TokenRecord record;
    std::string secret;
    Sha256 hash{};  // of the secret
};

// Draws a token that expires that long after now. invalid for an unknown role, a lifetime out of range, and a name
// that is none (letters a-z, digits, - and _, a letter first, at most 64) or is reserved: admin, none.
Result<NewToken> make_token(const TokenWish& wish, Timestamp now);

// The record that takes back the token with this id or name. Of those with one name the one in force is meant, or
// else the newest that was not revoked. not_found where there is none, conflict where it was revoked before.
Result<TokenRecord> make_revocation(std::span<const StoredToken> tokens, std::string_view id_or_name, Timestamp now);

// A token as it stands in the table once its record is durable.
StoredToken stored_token(const NewToken& token, const Record& record);

// Empty where the text is no secret of this form.
std::string_view token_id_in(std::string_view secret);

// {"id","name","role","state","created_at","expires_at","revoked_at","created_by"}: without secret and hash; the
// state is active, expired or revoked.
boost::json::object token_json(const StoredToken& token, Timestamp now);

}  // namespace segmentd::daemon
