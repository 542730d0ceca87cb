// SPDX-License-Identifier: MIT
// The locale "C" (ISO C17, 7.4, 7.11 and 7.30): ASCII, and no other is to be had

#include <ctype.h>
#include <errno.h>
#include <initializer_list>
#include <limits.h>
#include <locale.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <wchar.h>
#include <wctype.h>

namespace {

/// Tables as glibc's headers want them: of what a char or an unsigned char may be, and EOF.
constexpr int BEFORE = 128;
constexpr int ENTRIES = 384;

constexpr bool is_between(int character, char first, char last) { return character >= first && character <= last; }
constexpr bool is_lower(int character) { return is_between(character, 'a', 'z'); }
constexpr bool is_upper(int character) { return is_between(character, 'A', 'Z'); }
constexpr bool is_digit(int character) { return is_between(character, '0', '9'); }
constexpr bool is_print(int character) { return is_between(character, ' ', '~'); }
constexpr bool is_hexadecimal(int character) {
    return is_digit(character) || is_between(character, 'a', 'f') || is_between(character, 'A', 'F');
}

constexpr unsigned short classes(int character) {
    const bool is_letter = is_lower(character) || is_upper(character);
    const bool is_number = is_digit(character);
    unsigned result = 0;
    const auto mark = [&result](bool is, unsigned bit) { result |= is ? bit : 0; };
    mark(is_upper(character), _ISupper);
    mark(is_lower(character), _ISlower);
    mark(is_letter, _ISalpha);
    mark(is_number, _ISdigit);
    mark(is_hexadecimal(character), _ISxdigit);
    mark(character == ' ' || is_between(character, '\t', '\r'), _ISspace);
    mark(is_print(character), _ISprint);
    mark(is_print(character) && character != ' ', _ISgraph);
    mark(character == ' ' || character == '\t', _ISblank);
    mark(is_between(character, '\0', '\x1f') || character == 0x7f, _IScntrl);
    mark(is_print(character) && character != ' ' && !is_letter && !is_number, _ISpunct);
    mark(is_letter || is_number, _ISalnum);
    return static_cast<unsigned short>(result);
}

struct Tables {
    unsigned short classes[ENTRIES];
    int lower[ENTRIES];
    int upper[ENTRIES];
};

constexpr Tables make_tables() {
    Tables tables = {};
    for (int i = 0; i < ENTRIES; i++) {
        const int character = i - BEFORE;
        tables.classes[i] = classes(character);
        tables.lower[i] = is_upper(character) ? character + 0x20 : character;
        tables.upper[i] = is_lower(character) ? character - 0x20 : character;
    }
    return tables;
}

constexpr Tables tables = make_tables();
const unsigned short *const class_table = tables.classes + BEFORE;
const int *const lower_table = tables.lower + BEFORE;
const int *const upper_table = tables.upper + BEFORE;

/// libc++ reads the tables in it.
const __locale_struct c_locale = {{}, class_table, lower_table, upper_table, {}};

/// A text of ASCII from one kind of characters to the other, as ISO C17, 7.29.6.4 has it.
template <class To, class From> size_t convert(To *to, const From **from, size_t most, size_t room) {
    const From *at = *from;
    size_t count = 0;
    for (; count < most && (to == nullptr || count < room); at++, count++) {
        const bool is_ascii = *at >= 0 && static_cast<unsigned>(*at) < 0x80;
        if (to != nullptr)
            *from = is_ascii && *at == 0 ? nullptr : at;
        if (!is_ascii) {
            errno = EILSEQ;
            return static_cast<size_t>(-1);
        }
        if (to != nullptr)
            to[count] = static_cast<To>(*at);
        if (*at == 0)
            return count;
    }
    if (to != nullptr)
        *from = at;
    return count;
}

bool has(wint_t character, unsigned bits) { return character < 0x80 && (class_table[character] & bits) != 0; }

} // namespace

extern "C" {

const unsigned short **__ctype_b_loc() noexcept { return const_cast<const unsigned short **>(&class_table); }
const int **__ctype_tolower_loc() noexcept { return const_cast<const int **>(&lower_table); }
const int **__ctype_toupper_loc() noexcept { return const_cast<const int **>(&upper_table); }
size_t __ctype_get_mb_cur_max() noexcept { return 1; }

#define CLASS(name, bits)                                                                                              \
    int is##name(int character) noexcept { return has(static_cast<wint_t>(character), bits); }                         \
    int isw##name(wint_t character) noexcept { return has(character, bits); }                                          \
    int isw##name##_l(wint_t character, locale_t) noexcept { return has(character, bits); }
CLASS(alpha, _ISalpha)
CLASS(upper, _ISupper)
CLASS(lower, _ISlower)
CLASS(digit, _ISdigit)
CLASS(xdigit, _ISxdigit)
CLASS(space, _ISspace)
CLASS(print, _ISprint)
CLASS(graph, _ISgraph)
CLASS(blank, _ISblank)
CLASS(cntrl, _IScntrl)
CLASS(punct, _ISpunct)
CLASS(alnum, _ISalnum)

int tolower(int character) noexcept { return is_upper(character) ? character + 0x20 : character; }
int toupper(int character) noexcept { return is_lower(character) ? character - 0x20 : character; }
int tolower_l(int character, locale_t) noexcept { return tolower(character); }
int toupper_l(int character, locale_t) noexcept { return toupper(character); }
wint_t towlower_l(wint_t character, locale_t) noexcept { return character < 0x80 ? tolower(character) : character; }
wint_t towupper_l(wint_t character, locale_t) noexcept { return character < 0x80 ? toupper(character) : character; }

/// Any name but that of the locale "C" is none.
locale_t newlocale(int, const char *name, locale_t) noexcept {
    if (*name == '\0' || strcmp(name, "C") == 0 || strcmp(name, "POSIX") == 0)
        return const_cast<locale_t>(&c_locale);
    errno = ENOENT;
    return nullptr;
}
void freelocale(locale_t) noexcept {}
locale_t uselocale(locale_t) noexcept { return const_cast<locale_t>(&c_locale); }
char *setlocale(int, const char *name) noexcept {
    static char c[] = "C";
    return name == nullptr || newlocale(0, name, nullptr) != nullptr ? c : nullptr;
}

lconv *localeconv() noexcept {
    static char point[] = ".", none[] = "";
    static lconv conventions = [] {
        lconv made = {};
        made.decimal_point = point;
        for (char **text : {&made.thousands_sep, &made.grouping, &made.int_curr_symbol, &made.currency_symbol,
                            &made.mon_decimal_point, &made.mon_thousands_sep, &made.mon_grouping, &made.positive_sign,
                            &made.negative_sign})
            *text = none;
        for (char *number : {&made.int_frac_digits, &made.frac_digits, &made.p_cs_precedes, &made.p_sep_by_space,
                             &made.n_cs_precedes, &made.n_sep_by_space, &made.p_sign_posn, &made.n_sign_posn,
                             &made.int_p_cs_precedes, &made.int_p_sep_by_space, &made.int_n_cs_precedes,
                             &made.int_n_sep_by_space, &made.int_p_sign_posn, &made.int_n_sign_posn})
            *number = CHAR_MAX;
        return made;
    }();
    return &conventions;
}

int strcoll_l(const char *left, const char *right, locale_t) noexcept { return strcmp(left, right); }

size_t strxfrm_l(char *to, const char *from, size_t bytes, locale_t) noexcept {
    const size_t length = strlen(from);
    if (length < bytes)
        memcpy(to, from, length + 1);
    return length;
}

int wcscoll_l(const wchar_t *left, const wchar_t *right, locale_t) noexcept {
    const size_t a = wcslen(left), b = wcslen(right);
    return wmemcmp(left, right, (a < b ? a : b) + 1);
}

size_t wcsxfrm_l(wchar_t *to, const wchar_t *from, size_t count, locale_t) noexcept {
    const size_t length = wcslen(from);
    if (length < count)
        wmemcpy(to, from, length + 1);
    return length;
}

/// There is no calendar.
size_t strftime_l(char *, size_t, const char *, const tm *, locale_t) noexcept { return 0; }

wint_t btowc(int byte) noexcept { return byte >= 0 && byte < 0x80 ? static_cast<wint_t>(byte) : WEOF; }
int wctob(wint_t character) noexcept { return character < 0x80 ? static_cast<int>(character) : EOF; }

size_t mbrtowc(wchar_t *to, const char *from, size_t bytes, mbstate_t *) noexcept {
    if (from == nullptr)
        return 0;
    if (bytes == 0)
        return static_cast<size_t>(-2);
    const auto character = static_cast<unsigned char>(*from);
    if (character >= 0x80) {
        errno = EILSEQ;
        return static_cast<size_t>(-1);
    }
    if (to != nullptr)
        *to = character;
    return character == 0 ? 0 : 1;
}

int mbtowc(wchar_t *to, const char *from, size_t bytes) noexcept {
    return static_cast<int>(mbrtowc(to, from, bytes, nullptr));
}

size_t wcrtomb(char *to, wchar_t character, mbstate_t *) noexcept {
    if (to == nullptr)
        return 1;
    if (character < 0 || character >= 0x80) {
        errno = EILSEQ;
        return static_cast<size_t>(-1);
    }
    *to = static_cast<char>(character);
    return 1;
}

size_t mbsnrtowcs(wchar_t *to, const char **from, size_t bytes, size_t room, mbstate_t *) noexcept {
    return convert(to, from, bytes, room);
}

size_t mbsrtowcs(wchar_t *to, const char **from, size_t room, mbstate_t *) noexcept {
    return convert(to, from, SIZE_MAX, room);
}

size_t wcsnrtombs(char *to, const wchar_t **from, size_t characters, size_t room, mbstate_t *) noexcept {
    return convert(to, from, characters, room);
}
}
