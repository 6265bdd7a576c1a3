#include <cstddef>
#include <cstdint>
#include <string_view>

#include "tests/fuzz/inputs.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
    segmentd::tests::try_workspace_file({reinterpret_cast<const char*>(bytes), size});
    return 0;
}
