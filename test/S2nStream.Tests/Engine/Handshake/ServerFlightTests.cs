using System.Formats.Asn1;
using S2nTls.Context;
using S2nTls.Engine;
using S2nTls.Engine.Handshake;
using S2nTls.Wire;

namespace S2nTls.Tests.Engine;

/// <summary>What is held back of a server's flight, for how long, and what becomes of flights that are not as they should be.</summary>
public class ServerFlightTests
{
    private const byte ServerHelloDone = 14;
    private const byte Finished = 20;

    private static readonly byte[] s_certificate = TestAuthority.Localhost.RawData;
    private static readonly byte[] s_clearCertificate = Message(HandshakeType.Certificate, Vector(3, Vector(3, s_certificate)));
    private static readonly byte[] s_encryptedCertificate = Message(HandshakeType.Certificate, [0, .. Vector(3, [.. Vector(3, s_certificate), 0, 0])]);
    private static readonly byte[] s_extensions = Message(HandshakeType.EncryptedExtensions, Vector(2, []));
    private static readonly byte[] s_keyExchange = Message(HandshakeType.ServerKeyExchange, [1, 2, 3]);
    private static readonly byte[] s_done = Message(ServerHelloDone, []);
    private static readonly byte[] s_changeCipherSpec = [20, 3, 3, 0, 1, 1];

    public static TheoryData<int> RecordSizes { get; } = [1, 2, 5, 100, 16_000];

    [Theory]
    [MemberData(nameof(RecordSizes))]
    public void On_tls_1_2_nothing_is_passed_before_the_request_is_answered(int size)
    {
        byte[] request = ClearRequest(Name("one"), Name("two"));
        byte[][] records = [.. Clear([.. Hello(isTls13: false), .. s_clearCertificate, .. s_keyExchange, .. request], size)];
        byte[] rest = Record(22, s_done);
        using var flight = new Flight();
        for (int i = 0; i < records.Length; i++)
        {
            Assert.Null(flight.Request);
            Assert.Empty(flight.Feed(records[i]));
        }

        AssertRequest(flight, "CN=one", "CN=two");
        Assert.Empty(flight.Feed(rest));
        Assert.Equal([.. records.SelectMany(record => record), .. rest], flight.Answer());
        Assert.True(flight.IsOver);
    }

    [Theory]
    [MemberData(nameof(RecordSizes))]
    public void On_tls_1_3_nothing_but_the_hello_is_passed_before_the_request_is_answered(int size)
    {
        byte[] request = EncryptedRequest(Name("one"), Name("two"));
        var keys = new HandshakeKeys();
        byte[][] records = [s_changeCipherSpec, .. Encrypted(keys, [.. s_extensions, .. request, .. s_encryptedCertificate], size)];
        byte[] rest = keys.Encrypt([1, 2, 3], type: 22);
        byte[] hello = Record(22, Hello(isTls13: true));
        using var flight = new Flight();
        Assert.Equal(hello, flight.Feed(hello));
        flight.TakeSecret(keys);
        for (int i = 0; i < records.Length; i++)
        {
            Assert.Null(flight.Request);
            Assert.Empty(flight.Feed(records[i]));
        }

        AssertRequest(flight, "CN=one", "CN=two");
        Assert.True(flight.IsWiped);
        Assert.Empty(flight.Feed(rest));
        Assert.Equal([.. records.SelectMany(record => record), .. rest], flight.Answer());
        Assert.True(flight.IsOver);
    }

    [Fact]
    public void Every_cut_and_single_bytes_come_to_the_same()
    {
        var keys = new HandshakeKeys();
        byte[] hello = Record(22, Hello(isTls13: true));
        byte[] rest = [.. Encrypted(keys, [.. s_extensions, .. EncryptedRequest(Name("one")), .. s_encryptedCertificate], 300).SelectMany(record => record)];
        for (int cut = 1; cut < rest.Length; cut++)
        {
            using Flight flight = FlightAfter(hello, keys);
            Assert.Empty(flight.Feed(rest[..cut]));
            Assert.Empty(flight.Feed(rest[cut..]));
            AssertRequest(flight, "CN=one");
            Assert.Equal(rest, flight.Answer());
        }

        using Flight slow = FlightAfter(hello, keys);
        Array.ForEach(rest, value => Assert.Empty(slow.Feed([value])));
        AssertRequest(slow, "CN=one");
        Assert.Equal(rest, slow.Answer());
    }

    [Fact]
    public void A_request_for_another_hello_is_passed_at_once_and_the_flight_comes_after_it()
    {
        byte[] retry = Record(22, Hello(isTls13: true, isRetry: true));
        byte[] hello = Record(22, Hello(isTls13: true));
        var keys = new HandshakeKeys();
        using var flight = new Flight();
        Assert.Equal(retry, flight.Feed(retry));
        Assert.Equal(s_changeCipherSpec, flight.Feed(s_changeCipherSpec));
        Assert.Equal(hello, flight.Feed(hello));
        flight.TakeSecret(keys);
        byte[] rest = keys.Encrypt([.. s_extensions, .. EncryptedRequest(), .. s_encryptedCertificate], type: 22);
        Assert.Empty(flight.Feed(rest));
        AssertRequest(flight);
        Assert.Equal(rest, flight.Answer());
    }

    [Fact]
    public void What_follows_the_deciding_record_is_not_taken()
    {
        byte[] decides = Record(22, [.. Hello(isTls13: false), .. s_clearCertificate, .. s_keyExchange, .. s_done]);
        byte[] after = Record(22, [1, 2, 3]);
        using var flight = new Flight();
        Assert.Equal(decides, flight.Hold([.. decides, .. after]));
        Assert.True(flight.IsOver);
        Assert.Equal(after, flight.TakeUntaken());
    }

    [Fact]
    public void A_server_that_does_not_ask_is_passed_as_soon_as_that_is_known()
    {
        var keys = new HandshakeKeys();
        byte[] hello = Record(22, Hello(isTls13: true));
        foreach (byte[] messages in (byte[][])[[.. s_extensions, .. s_encryptedCertificate], [.. s_extensions, .. Message(Finished, new byte[32])]])
        {
            using Flight flight = FlightAfter(hello, keys);
            byte[] record = new HandshakeKeys().Encrypt(messages, type: 22);
            Assert.Equal(record, flight.Feed(record));
            Assert.True(flight.IsOver);
        }

        using var resumed = new Flight();
        byte[] first = Record(22, Hello(isTls13: false));
        Assert.Empty(resumed.Feed(first));
        Assert.Equal([.. first, .. s_changeCipherSpec], resumed.Feed(s_changeCipherSpec));
        Assert.True(resumed.IsOver);
    }

    [Fact]
    public void A_flight_that_is_not_as_it_should_be_is_passed_unasked()
    {
        byte[] hello = Hello(isTls13: false);
        byte[] request = ClearRequest(Name("one"));
        byte[][] flights =
        [
            Record(21, [2, 40]), // an alert
            [.. Record(22, hello), .. Record(21, [2, 40])],
            [99, 3, 3, 0, 0],
            [22, 4],
            [22, 3, 3, 255, 255], // longer than a record may be
            Record(22, request),
            Record(22, [.. hello, .. request, .. s_clearCertificate]),
            Record(22, [.. hello, .. s_clearCertificate, .. s_clearCertificate]),
            Record(22, [.. hello, .. s_keyExchange, .. s_clearCertificate, .. request]),
            Record(22, [.. hello, .. Message(HandshakeType.Certificate, Vector(3, [])), .. request]),
            Record(22, [.. hello, .. Message(HandshakeType.Certificate, Vector(3, Vector(3, [1, 2, 3]))), .. request]), // no certificate
            Record(22, [.. hello, .. s_clearCertificate, .. Message(HandshakeType.CertificateRequest, [1, 1, 0, 0, 0, 9])]), // cut off
            Record(22, [.. hello, .. s_clearCertificate, .. Message(HandshakeType.CertificateRequest, [0, 0, 0, 0, 2, 0, 5])]),
            Record(22, [.. hello, 11, 1, 0, 1]), // longer than a message may be
            Record(22, Message(HandshakeType.ServerHello, [3, 3])),
            Record(22, [.. Hello(isTls13: true), .. s_extensions]), // across the change of keys
        ];
        foreach (byte[] records in flights)
        {
            using var flight = new Flight();
            Assert.Equal(records, flight.Feed(records));
            Assert.Null(flight.Request);
            Assert.True(flight.IsOver);
        }
    }

    [Fact]
    public void An_encrypted_flight_that_is_not_as_it_should_be_is_passed_unasked()
    {
        byte[] hello = Record(22, Hello(isTls13: true));
        byte[] request = EncryptedRequest(Name("one"));
        byte[] tampered = new HandshakeKeys().Encrypt([.. s_extensions, .. request, .. s_encryptedCertificate], type: 22);
        tampered[^1] ^= 1;
        byte[][] records =
        [
            tampered,
            Record(22, s_extensions), // in the clear
            Record(21, [2, 40]),
            Record(23, new byte[16]),
            new HandshakeKeys().Encrypt([2, 40], type: 21),
            new HandshakeKeys().Encrypt(s_encryptedCertificate, type: 22),
            new HandshakeKeys().Encrypt([.. s_extensions, .. request, .. request], type: 22),
            new HandshakeKeys().Encrypt([.. s_extensions, .. Message(HandshakeType.CertificateRequest, [1, 7, 0, 0])], type: 22), // with a context
            new HandshakeKeys().Encrypt([.. s_extensions, .. request, .. Message(HandshakeType.Certificate, [1, 7, .. s_encryptedCertificate[5..]])], type: 22),
            new HandshakeKeys().Encrypt([.. s_extensions, 13, 1, 0, 1], type: 22),
        ];
        foreach (byte[] record in records)
        {
            using Flight flight = FlightAfter(hello, new HandshakeKeys());
            Assert.Equal(record, flight.Feed(record));
            Assert.Null(flight.Request);
            Assert.True(flight.IsOver);
        }

        using var withoutSecret = new Flight();
        withoutSecret.Feed(hello);
        Assert.NotEmpty(withoutSecret.Feed(new HandshakeKeys().Encrypt(s_extensions, type: 22)));
        Assert.True(withoutSecret.IsOver);
    }

    [Fact]
    public void A_second_request_for_another_hello_is_passed_unasked()
    {
        byte[] retry = Record(22, Hello(isTls13: true, isRetry: true));
        using var flight = new Flight();
        flight.Feed(retry);
        Assert.False(flight.IsOver);
        Assert.Equal(retry, flight.Feed(retry));
        Assert.True(flight.IsOver);
    }

    [Fact]
    public void No_more_is_held_than_the_limit()
    {
        using var flight = new Flight();
        byte[] first = Record(22, [.. Hello(isTls13: false), .. s_clearCertificate]);
        Assert.Empty(flight.Feed(first));
        int held = first.Length;
        byte[] record = Record(22, Message(HandshakeType.ServerKeyExchange, new byte[16_000]));
        while (!flight.IsOver)
        {
            held += record.Length;
            Assert.InRange(held, 0, ServerFlight.MaxHeld + record.Length);
            flight.Feed(record);
        }

        Assert.InRange(held, ServerFlight.MaxHeld - record.Length, ServerFlight.MaxHeld + record.Length);
        Assert.Equal(held, flight.Passed);
    }

    [Fact]
    public void A_name_that_is_none_is_empty()
    {
        byte[] records = Record(22, [.. Hello(isTls13: false), .. s_clearCertificate, .. ClearRequest([1, 2, 3], Name("one"))]);
        using var flight = new Flight();
        Assert.Empty(flight.Feed(records));
        AssertRequest(flight, "", "CN=one");
    }

    [Fact]
    public void A_secret_that_comes_after_disposal_is_wiped()
    {
        var flight = new ServerFlight();
        flight.Dispose();
        flight.TakeSecret(new HandshakeKeys().KeyLogLine);
        Assert.True(flight.IsWiped);
    }

    private static void AssertRequest(Flight flight, params string[] issuers)
    {
        Assert.NotNull(flight.Request);
        Assert.Equal(issuers, flight.Request.Issuers);
        Assert.Equal(s_certificate, flight.Request.ServerCertificate.RawData);
    }

    private static Flight FlightAfter(byte[] hello, HandshakeKeys keys)
    {
        var flight = new Flight();
        Assert.Equal(hello, flight.Feed(hello));
        flight.TakeSecret(keys);
        return flight;
    }

    private static byte[] Hello(bool isTls13, bool isRetry = false)
    {
        byte[] random = isRetry ? System.Security.Cryptography.SHA256.HashData("HelloRetryRequest"u8) : [.. Enumerable.Repeat((byte)7, 32)];
        byte[] suite = isTls13 ? [0x13, 0x01] : [0xc0, 0x2b];
        byte[] extensions = isTls13 ? Vector(2, [0, 43, 0, 2, 3, 4]) : [];
        return Message(HandshakeType.ServerHello, [3, 3, .. random, 0, .. suite, 0, .. extensions]);
    }

    private static byte[] ClearRequest(params byte[][] names) =>
        Message(HandshakeType.CertificateRequest, [1, 64, 0, 2, 4, 3, .. Vector(2, [.. names.SelectMany(name => Vector(2, name))])]);

    private static byte[] EncryptedRequest(params byte[][] names)
    {
        byte[] authorities = names.Length == 0 ? [] : [0, 47, .. Vector(2, Vector(2, [.. names.SelectMany(name => Vector(2, name))]))];
        return Message(HandshakeType.CertificateRequest, [0, .. Vector(2, [0, 13, 0, 4, 0, 2, 4, 3, .. authorities])]);
    }

    /// <summary>A distinguished name with a common name only.</summary>
    private static byte[] Name(string commonName)
    {
        var writer = new AsnWriter(AsnEncodingRules.DER);
        using (writer.PushSequence())
        using (writer.PushSetOf())
        using (writer.PushSequence())
        {
            writer.WriteObjectIdentifier("2.5.4.3");
            writer.WriteCharacterString(UniversalTagNumber.UTF8String, commonName);
        }

        return writer.Encode();
    }

    private static byte[] Message(int type, byte[] body) => [(byte)type, .. Vector(3, body)];

    private static byte[] Vector(int sizeOfLength, byte[] content) =>
        [.. Enumerable.Range(1, sizeOfLength).Select(i => (byte)(content.Length >> (8 * (sizeOfLength - i)))), .. content];

    private static byte[] Record(byte type, byte[] fragment) => [type, 3, 3, .. Vector(2, fragment)];

    private static IEnumerable<byte[]> Clear(byte[] messages, int size) => messages.Chunk(size).Select(part => Record(22, part));

    private static IEnumerable<byte[]> Encrypted(HandshakeKeys keys, byte[] messages, int size) =>
        messages.Chunk(size).Select((part, index) => keys.Encrypt(part, type: 22, padding: index % 3));

    /// <summary>A flight between a transport and s2n's part, which takes all that it can get.</summary>
    private sealed class Flight : IDisposable
    {
        private readonly ServerFlight _flight = new();
        private readonly InboundBuffer _inbound = new();

        internal ClientCertificateRequest? Request => _flight.Request;

        internal bool IsOver => _flight.IsOver;

        internal bool IsWiped => _flight.IsWiped;

        internal int Passed { get; private set; }

        internal void TakeSecret(HandshakeKeys keys) => _flight.TakeSecret(keys.KeyLogLine);

        /// <returns>What s2n can take: when the flight is over, from the transport too.</returns>
        internal byte[] Feed(byte[] ciphertext)
        {
            byte[] passed = Hold(ciphertext);
            return IsOver ? [.. passed, .. TakeUntaken()] : passed;
        }

        /// <returns>What s2n can take of the flight.</returns>
        internal byte[] Hold(byte[] ciphertext)
        {
            while (ciphertext.Length > 0)
            {
                Memory<byte> room = _inbound.Prepare();
                int count = Math.Min(room.Length, ciphertext.Length);
                ciphertext.AsMemory(0, count).CopyTo(room);
                _inbound.Commit(count);
                ciphertext = ciphertext[count..];
            }

            return TakeAll();
        }

        internal byte[] Answer()
        {
            Request!.ServerCertificate.Dispose();
            _flight.PassAll();
            return Feed([]);
        }

        internal byte[] TakeUntaken()
        {
            byte[] untaken = new byte[InboundBuffer.LargeSize];
            untaken = untaken[.._inbound.Take(untaken)];
            Passed += untaken.Length;
            return untaken;
        }

        public void Dispose()
        {
            Request?.ServerCertificate.Dispose();
            _flight.Dispose();
            _inbound.Discard();
        }

        private byte[] TakeAll()
        {
            var taken = new MemoryStream();
            byte[] buffer = new byte[1000];
            int count;
            while ((count = _flight.Take(buffer, _inbound)) > 0)
            {
                taken.Write(buffer, 0, count);
            }

            Passed += (int)taken.Length;
            return taken.ToArray();
        }
    }
}
