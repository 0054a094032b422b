namespace CallCenter.Conformance.Tests;

/// <summary>
/// The 49 messages of RFC 4475, as files, and what becomes of each at a user agent that has no trunk to turn away and takes every call with 180.
/// Each row: the file, the section, the answer (nothing: silence), and what the RFC says. The binary part of mpart01 is of the RFC's length but other bytes; everything else is as printed there.
/// </summary>
public sealed class Rfc4475Tests
{
    public static TheoryData<string, string, string, string> Verdicts => new()
    {
        { "wsinv", "3.1.1.1", "481 INVITE", "well-formed and to be accepted; its To has a tag, and no dialog here has it" },
        { "intmeth", "3.1.1.2", "501 !interesting-Method0123456789_*+`.%indeed'~", "well-formed; an unknown method is refused with 501" },
        { "esc01", "3.1.1.3", "180 INVITE", "escaped characters in user parts are valid" },
        { "escnull", "3.1.1.4", "401 REGISTER", "escaped NULs are valid and are no end of a string; the registrar goes on to its own rules" },
        { "esc02", "3.1.1.5", "501 RE%47IST%45R", "a % in a method is no escape: it is an unknown method" },
        { "lwsdisp", "3.1.1.6", "200 OPTIONS", "no space is needed between a display name and <" },
        { "longreq", "3.1.1.7", "180 INVITE", "long values are valid" },
        { "dblreq", "3.1.1.8", "401 REGISTER", "what follows the first message in a datagram is ignored" },
        { "semiuri", "3.1.1.9", "200 OPTIONS", "a semicolon in the user part begins no parameter" },
        { "transports", "3.1.1.10", "200 OPTIONS", "Vias of any transport are parsed" },
        { "mpart01", "3.1.1.11", "405 MESSAGE", "multipart with binary content is parsed; the method is known and not allowed here" },
        { "unreason", "3.1.1.12", "", "a reason phrase in UTF-8 is valid; a response that nothing waits for is dropped" },
        { "noreason", "3.1.1.13", "", "an empty reason phrase is valid" },

        { "badinv01", "3.1.2.1", "400 INVITE", "separators without what they separate: 400" },
        { "clerr", "3.1.2.2", "400 INVITE", "Content-Length beyond the datagram: 400" },
        { "ncl", "3.1.2.3", "400 INVITE", "negative Content-Length: 400" },
        { "scalar02", "3.1.2.4", "400 REGISTER", "scalars beyond their range: 400" },
        { "scalarlg", "3.1.2.5", "", "the same in a response: to be discarded" },
        { "quotbal", "3.1.2.6", "400 INVITE", "an unterminated quoted string: 400" },
        { "ltgtruri", "3.1.2.7", "400 INVITE", "<> around the Request-URI: 400 is reasonable" },
        { "lwsruri", "3.1.2.8", "400 INVITE", "space inside the Request-URI: 400 is reasonable" },
        { "lwsstart", "3.1.2.9", "400 INVITE", "several spaces in the request line: 400 is reasonable" },
        { "trws", "3.1.2.10", "400 OPTIONS", "space at the end of the request line: 400" },
        { "escruri", "3.1.2.11", "400 INVITE", "escaped headers in the Request-URI: 400 is acceptable" },
        { "baddate", "3.1.2.12", "180 INVITE", "a Date in another zone may be ignored by who does not use it" },
        { "regbadct", "3.1.2.13", "401 REGISTER", "an ambiguous Contact: 400. No contact is read here before the password is proved; RegistrarTests has the 400 that follows" },
        { "badaspec", "3.1.2.14", "400 OPTIONS", "spaces within an addr-spec: 400" },
        { "baddn", "3.1.2.15", "400 OPTIONS", "a display name that is no token and not quoted: 400, or lenient" },
        { "badvers", "3.1.2.16", "505 OPTIONS", "version 7.0: 505" },
        { "mismatch01", "3.1.2.17", "400 INVITE", "CSeq names another method than the request line: 400" },
        { "mismatch02", "3.1.2.18", "400 INVITE", "an unknown method and another one in CSeq: 501 or 400" },
        { "bigcode", "3.1.2.19", "", "a status code of 4294967301: to be discarded" },

        { "badbranch", "3.2.1", "200 OPTIONS", "a branch of nothing but the cookie is no branch: the request is matched as RFC 2543's are" },

        { "insuf", "3.3.1", "", "required fields are missing: 400 if one can be made; without From, To and Call-ID none can" },
        { "unkscm", "3.3.2", "416 OPTIONS", "an unknown scheme in the Request-URI: 416" },
        { "novelsc", "3.3.3", "416 OPTIONS", "a known scheme that is not SIP's: 416" },
        { "unksm2", "3.3.4", "416 REGISTER", "schemes in To, From and Contact that are known but not SIP's: nobody can register such an address here, so 416" },
        { "bext01", "3.3.5", "420 OPTIONS", "unknown extensions in Require: 420 with Unsupported; Proxy-Require is a proxy's" },
        { "invut", "3.3.6", "415 INVITE", "a content type that is not known: 415 with Accept" },
        { "regaut01", "3.3.7", "401 REGISTER", "an unknown Authorization scheme: challenged as if there were none" },
        { "multi01", "3.3.8", "400 INVITE", "several values of what may be there once: 400" },
        { "mcl01", "3.3.9", "400 OPTIONS", "several Content-Lengths: 400" },
        { "bcast", "3.3.10", "", "a 200 whose Via names a broadcast address: to be discarded" },
        { "zeromf", "3.3.11", "483 OPTIONS", "Max-Forwards 0: an endpoint may answer; 483 is what a proxy says, and so do we" },
        { "cparam01", "3.3.12", "401 REGISTER", "an unknown Contact parameter is taken along; behind the challenge here" },
        { "cparam02", "3.3.13", "401 REGISTER", "an unknown URI parameter is part of the contact; behind the challenge here" },
        { "regescrt", "3.3.14", "401 REGISTER", "a Route escaped in a contact is kept with it; behind the challenge here" },
        { "sdp01", "3.3.15", "406 INVITE", "Accept without application/sdp: 406" },

        { "inv2543", "3.4.1", "180 INVITE", "an RFC 2543 INVITE without tag and branch is taken" },
    };

    [Theory]
    [MemberData(nameof(Verdicts))]
    public async Task Each_message_gets_the_answer_that_the_RFC_wants(string name, string section, string expected, string reason) =>
        (await TortureMessages.AnswersAsync(TortureMessages.Read("rfc4475", name))).ShouldBe(expected, $"section {section}: {reason}");

    [Fact]
    public void Every_file_has_a_verdict() => TortureMessages.NamesIn("rfc4475").ShouldBe(Verdicts.Select(row => (string)row[0]), ignoreOrder: true);
}
