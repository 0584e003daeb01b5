// request POLICY JWKS METHOD PATH [NAME VALUE]...: judges an HTTP request and prints what a server would do with it.
//
// Everything that the library hands out is held by an object that gives it back, and work is pulled. What a real host gets from
// the network comes from the file JWKS here. Exits with 0 when the request may pass.
#include "jotgate.h"

#include <chrono>
#include <fstream>
#include <iostream>
#include <iterator>
#include <memory>
#include <random>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

namespace {

struct Free {
    void operator()(jotgate_validator *validator) const noexcept { jotgate_validator_free(validator); }
    void operator()(jotgate_error *error) const noexcept { jotgate_error_free(error); }
    void operator()(jotgate_work *work) const noexcept { jotgate_work_free(work); }
};
template <class T> using Owned = std::unique_ptr<T, Free>;

jotgate_bytes bytes(std::string_view text)
{
    return {reinterpret_cast<const uint8_t *>(text.data()), text.size()};
}

std::string_view view(jotgate_bytes text)
{
    return {reinterpret_cast<const char *>(text.data), text.len};
}

std::int64_t now()
{
    using namespace std::chrono;
    return duration_cast<milliseconds>(system_clock::now().time_since_epoch()).count();
}

std::string contents(const char *path)
{
    std::ifstream file(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
}

class Validator {
public:
    explicit Validator(std::string_view policy)
    {
        std::random_device random;
        jotgate_options options{};
        options.size = sizeof options;
        options.seed = (std::uint64_t{random()} << 32) | random();
        jotgate_error *error = nullptr;
        held.reset(jotgate_validator_new(bytes(policy).data, policy.size(), &options, &error));
        const Owned<jotgate_error> owned(error);
        if (!held) {
            const std::string message(view(jotgate_error_message(error)));
            throw std::invalid_argument(std::string(view(jotgate_error_path(error))) + ": " + message);
        }
    }

    // Asks until there is a verdict; `keys` stands in for whatever fetches.
    jotgate_verdict judge(const jotgate_request &request, std::vector<std::uint8_t> &buffer, std::string_view keys) const
    {
        jotgate_question question{};
        question.size = sizeof question;
        question.request = &request;
        for (;;) {
            jotgate_verdict verdict{};
            verdict.size = sizeof verdict;
            const jotgate_status status =
                jotgate_validate(held.get(), &question, now(), buffer.data(), buffer.size(), &verdict);
            if (status != JOTGATE_OK) {
                throw std::runtime_error(std::string(view(jotgate_status_name(status))));
            }
            while (const Owned<jotgate_work> work{jotgate_poll_work(held.get(), now())}) {
                jotgate_response response{};
                response.size = sizeof response;
                response.status = 200;
                response.body = bytes(keys);
                jotgate_report_fetched(held.get(), work->id, &response, now());
            }
            if (verdict.kind != JOTGATE_VERDICT_KEYS_NEEDED) {
                return verdict;
            }
        }
    }

    // The HTTP answer to a request that may not pass, as JSON.
    std::string answer(const jotgate_verdict &verdict) const
    {
        std::string text;
        std::size_t needed = 0;
        while (jotgate_answer(held.get(), &verdict, now(), reinterpret_cast<std::uint8_t *>(text.data()), text.size(),
                              &needed) == JOTGATE_BUFFER_TOO_SMALL) {
            text.resize(needed);
        }
        text.resize(needed);
        return text;
    }

private:
    Owned<jotgate_validator> held;
};

int serve(const std::vector<std::string> &words)
{
    const Validator validator(contents(words.at(0).c_str()));
    std::vector<jotgate_field> fields;
    std::size_t room = 2048;
    for (std::size_t i = 4; i + 1 < words.size(); i += 2) {
        fields.push_back({bytes(words[i]), bytes(words[i + 1])});
        room += 4 * words[i + 1].size();
    }
    jotgate_request request{};
    request.size = sizeof request;
    request.method = bytes(words.at(2));
    request.path = bytes(words.at(3));
    request.headers = fields.data();
    request.headers_len = fields.size();

    std::vector<std::uint8_t> buffer(room);
    const jotgate_verdict verdict = validator.judge(request, buffer, contents(words.at(1).c_str()));
    if (verdict.kind == JOTGATE_VERDICT_ACCEPTED) {
        std::cout << "passes: " << view({buffer.data() + verdict.header_len, verdict.payload_len}) << '\n';
        return 0;
    }
    std::cout << (verdict.kind == JOTGATE_VERDICT_SKIPPED ? "needs no token" : validator.answer(verdict)) << '\n';
    return verdict.kind == JOTGATE_VERDICT_SKIPPED ? 0 : 1;
}

} // namespace

int main(int count, char **arguments)
{
    try {
        return serve({arguments + 1, arguments + count});
    } catch (const std::exception &problem) {
        std::cerr << problem.what() << '\n';
        return 2;
    }
}
