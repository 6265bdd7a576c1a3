#include "rules/columns/range_test.hpp"

#include <array>
#include <cstring>

#if defined(__x86_64__)
#include <immintrin.h>
#endif

namespace segmentd::rules {
namespace {

constexpr std::size_t codes_a_word = 64;

template <typename Code>
using WordsTest = void (*)(const Code* codes, std::size_t words, Code low, Code high, std::uint64_t* bits);

// Eight bytes of 0 or 1 become eight bits: each byte is moved to its place in the highest byte of the product.
inline std::uint64_t bits_of_bytes(const unsigned char* bytes) {
    constexpr std::uint64_t gather = 0x0102040810204080;
    std::uint64_t word = 0;
    for (std::size_t i = 0; i < 8; ++i) {
        std::uint64_t eight = 0;
        std::memcpy(&eight, bytes + 8 * i, sizeof eight);
        word |= (eight * gather >> 56) << (8 * i);
    }
    return word;
}

template <typename Code>
[[gnu::always_inline]] inline void test_words(const Code* codes, std::size_t words, Code low, Code high,
                                              std::uint64_t* bits) {
    for (std::size_t word = 0; word < words; ++word, codes += codes_a_word) {
        alignas(64) std::array<unsigned char, codes_a_word> inside;
        for (std::size_t i = 0; i < codes_a_word; ++i) {
            inside[i] = static_cast<unsigned char>((codes[i] >= low) & (codes[i] <= high));
        }
        bits[word] = bits_of_bytes(inside.data());
    }
}

template <typename Code>
void test_words_anywhere(const Code* codes, std::size_t words, Code low, Code high, std::uint64_t* bits) {
    test_words(codes, words, low, high, bits);
}

#if defined(__x86_64__)

template <typename Code>
[[gnu::target("avx2")]] void test_words_avx2(const Code* codes, std::size_t words, Code low, Code high,
                                             std::uint64_t* bits) {
    test_words(codes, words, low, high, bits);
}

[[gnu::target("avx512f,avx512bw")]] inline std::uint64_t lanes(const std::int8_t* codes, std::int8_t low,
                                                               std::int8_t high) {
    const __m512i values = _mm512_loadu_si512(codes);
    const auto enough = _mm512_cmpge_epi8_mask(values, _mm512_set1_epi8(low));
    return _mm512_mask_cmple_epi8_mask(enough, values, _mm512_set1_epi8(high));
}

[[gnu::target("avx512f,avx512bw")]] inline std::uint64_t lanes(const std::int16_t* codes, std::int16_t low,
                                                               std::int16_t high) {
    const __m512i values = _mm512_loadu_si512(codes);
    const auto enough = _mm512_cmpge_epi16_mask(values, _mm512_set1_epi16(low));
    return _mm512_mask_cmple_epi16_mask(enough, values, _mm512_set1_epi16(high));
}

[[gnu::target("avx512f,avx512bw")]] inline std::uint64_t lanes(const std::int32_t* codes, std::int32_t low,
                                                               std::int32_t high) {
    const __m512i values = _mm512_loadu_si512(codes);
    const auto enough = _mm512_cmpge_epi32_mask(values, _mm512_set1_epi32(low));
    return _mm512_mask_cmple_epi32_mask(enough, values, _mm512_set1_epi32(high));
}

[[gnu::target("avx512f,avx512bw")]] inline std::uint64_t lanes(const std::int64_t* codes, std::int64_t low,
                                                               std::int64_t high) {
    const __m512i values = _mm512_loadu_si512(codes);
    const auto enough = _mm512_cmpge_epi64_mask(values, _mm512_set1_epi64(low));
    return _mm512_mask_cmple_epi64_mask(enough, values, _mm512_set1_epi64(high));
}

[[gnu::target("avx512f,avx512bw")]] inline std::uint64_t lanes(const float* codes, float low, float high) {
    const __m512 values = _mm512_loadu_ps(codes);
    const auto enough = _mm512_cmp_ps_mask(values, _mm512_set1_ps(low), _CMP_GE_OQ);
    return _mm512_mask_cmp_ps_mask(enough, values, _mm512_set1_ps(high), _CMP_LE_OQ);
}

[[gnu::target("avx512f,avx512bw")]] inline std::uint64_t lanes(const double* codes, double low, double high) {
    const __m512d values = _mm512_loadu_pd(codes);
    const auto enough = _mm512_cmp_pd_mask(values, _mm512_set1_pd(low), _CMP_GE_OQ);
    return _mm512_mask_cmp_pd_mask(enough, values, _mm512_set1_pd(high), _CMP_LE_OQ);
}

template <typename Code>
[[gnu::target("avx512f,avx512bw")]] void test_words_avx512(const Code* codes, std::size_t words, Code low, Code high,
                                                           std::uint64_t* bits) {
    constexpr std::size_t codes_a_step = 64 / sizeof(Code);
    for (std::size_t word = 0; word < words; ++word, codes += codes_a_word) {
        std::uint64_t inside = 0;
        for (std::size_t i = 0; i < codes_a_word; i += codes_a_step) inside |= lanes(codes + i, low, high) << i;
        bits[word] = inside;
    }
}

template <typename Code>
WordsTest<Code> best_test() {
    if (__builtin_cpu_supports("avx512f") != 0 && __builtin_cpu_supports("avx512bw") != 0) {
        return test_words_avx512<Code>;
    }
    return __builtin_cpu_supports("avx2") != 0 ? test_words_avx2<Code> : test_words_anywhere<Code>;
}

#else

template <typename Code>
WordsTest<Code> best_test() {
    return test_words_anywhere<Code>;
}

#endif

}  // namespace

template <typename Code>
void test_range(std::span<const Code> codes, Code low, Code high, std::uint64_t* bits) {
    static const WordsTest<Code> test = best_test<Code>();
    const std::size_t words = codes.size() / codes_a_word;
    test(codes.data(), words, low, high, bits);
    const auto rest = codes.subspan(words * codes_a_word);
    if (!rest.empty()) test_range_plainly(rest, low, high, bits + words);
}

template <typename Code>
void test_range_plainly(std::span<const Code> codes, Code low, Code high, std::uint64_t* bits) {
    for (std::size_t i = 0; i < codes.size(); ++i) {
        if (i % codes_a_word == 0) bits[i / codes_a_word] = 0;
        const bool inside = codes[i] >= low && codes[i] <= high;
        bits[i / codes_a_word] |= std::uint64_t{inside} << (i % codes_a_word);
    }
}

template void test_range(std::span<const std::int8_t>, std::int8_t, std::int8_t, std::uint64_t*);
template void test_range(std::span<const std::int16_t>, std::int16_t, std::int16_t, std::uint64_t*);
template void test_range(std::span<const std::int32_t>, std::int32_t, std::int32_t, std::uint64_t*);
template void test_range(std::span<const std::int64_t>, std::int64_t, std::int64_t, std::uint64_t*);
template void test_range(std::span<const float>, float, float, std::uint64_t*);
template void test_range(std::span<const double>, double, double, std::uint64_t*);
template void test_range_plainly(std::span<const std::int8_t>, std::int8_t, std::int8_t, std::uint64_t*);
template void test_range_plainly(std::span<const std::int16_t>, std::int16_t, std::int16_t, std::uint64_t*);
template void test_range_plainly(std::span<const std::int32_t>, std::int32_t, std::int32_t, std::uint64_t*);
template void test_range_plainly(std::span<const std::int64_t>, std::int64_t, std::int64_t, std::uint64_t*);
template void test_range_plainly(std::span<const float>, float, float, std::uint64_t*);
template void test_range_plainly(std::span<const double>, double, double, std::uint64_t*);

}  // namespace segmentd::rules
