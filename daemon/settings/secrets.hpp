// Where the secret of an endpoint is kept, and whether others can read it.
#pragma once

#include <cstddef>
#include <optional>
#include <string>

#include "base/result.hpp"
#include "daemon/settings/settings.hpp"

namespace segmentd::daemon {

// The directory in which the service manager hands credentials over ($CREDENTIALS_DIRECTORY); empty
// where it does not.
std::string credentials_directory();

// The secret of an endpoint, from the first of these that there is: its `secret`; its `secret_file`, which
// without a slash is a file of the credentials where there are any; the credential
// `endpoints.NAME.secret`. Nothing where there is none of them. One line end at the end is cut off. An
// error for both settings at once, and for a file that is missing, empty, larger than 4 KiB, that holds a control
// character or a blank at either end of the secret or, outside the credentials, is open to others than its owner.
Result<std::optional<std::string>> endpoint_secret(const Settings& settings, const std::string& name,
                                                   const std::string& credentials);

// The one before it, while receivers change over: found alike under `previous_secret`.
Result<std::optional<std::string>> previous_endpoint_secret(const Settings& settings, const std::string& name,
                                                            const std::string& credentials);

// The path of a file that may be a credential: a name without a slash lies in the directory of credentials where
// there is one.
std::string credential_path(const std::string& file, const std::string& credentials);

// A secret that an endpoint of the workspace names, from the first of these that there is: the file of
// `secrets.NAME`, which without a slash is a file of the credentials where there are any; the credential
// `NAME`; `secrets/NAME` in the data folder. Files as above; ErrorCode::not_found where there is none.
Result<std::string> named_secret(const Settings& settings, const std::string& name, const std::string& credentials);

// True where the group or all others have any right on the file.
bool is_open_to_others(const std::string& path);

// The bytes of a regular file of at most that size.
Result<std::string> read_small_file(const std::string& path, std::size_t max_size);

}  // namespace segmentd::daemon
