using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;

namespace S2nTls.Tests.Certificates;

/// <summary>A context that fetches OCSP responses: what its handshakes staple, as time goes by and responders fail.</summary>
public sealed class OcspStaplerTests : IAsyncDisposable
{
    private readonly X509Certificate2 _root = CertificateMaker.Authority("Root of staplers");
    private readonly X509Certificate2 _leaf;
    private readonly ManualClock _clock = new(DateTimeOffset.UtcNow);
    private readonly ScriptedResponder _responder = new();
    private readonly S2nOcspStapler _stapler;
    private readonly S2nContext _client;
    private readonly List<Exception> _told = [];
    private readonly DateTimeOffset _start = DateTimeOffset.UtcNow.AddHours(-1);
    private int _made;

    public OcspStaplerTests()
    {
        _leaf = CertificateMaker.Leaf(_root, ocsp: [_responder.Address]);
        _stapler = new S2nOcspStapler(null, _clock, () => 0.5);
        _stapler.Failed += (_, failure) =>
        {
            lock (_told)
            {
                _told.Add(failure.GetException());
            }
        };
        _responder.Script = exchange => exchange.AnswerAsync(Good().Make());
        _client = TestContexts.MakeClient(options =>
        {
            options.TrustedRoots = [_root];
            options.OcspStapling = S2nOcspStapling.Request;
        });
    }

    private int Told
    {
        get
        {
            lock (_told)
            {
                return _told.Count;
            }
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _responder.DisposeAsync();
        _client.Dispose();
    }

    [Fact]
    public async Task The_first_handshake_does_not_wait_and_later_ones_have_the_response()
    {
        var gate = new TaskCompletionSource();
        _responder.Script = async exchange =>
        {
            await gate.Task;
            await exchange.AnswerAsync(Good().Make());
        };
        using S2nContext server = Server();
        await Eventually.TrueAsync(() => _responder.Open == 1);
        Assert.Empty(await StapleAsync(server));
        gate.SetResult();
        await StapledAsync(server);
        Assert.Single(_responder.Seen);
        Assert.Null(_stapler.Failure);
    }

    [Fact]
    public async Task A_response_is_renewed_at_half_of_its_time_and_connections_that_live_do_not_notice()
    {
        using S2nContext server = Server();
        byte[] first = await StapledAsync(server);
        await using TlsPair living = await TlsPair.InMemoryAsync(client: _client, server: server);
        await AdvanceAsync(TimeSpan.FromHours(10));
        Assert.Equal(first, await StapleAsync(server));
        await AdvanceAsync(TimeSpan.FromHours(2));
        byte[] second = await StapledAsync(server, unlike: first);
        Assert.Equal(2, _responder.Seen.Count);
        await living.Server.WriteAsync(new byte[1]).WithDeadline();
        Assert.Equal(1, await living.Client.ReadAsync(new byte[1]).WithDeadline());
        Assert.NotEqual(first, second);
    }

    [Fact]
    public async Task While_the_responder_fails_the_old_response_stays_until_it_expires_and_no_longer()
    {
        using S2nContext server = Server();
        byte[] first = await StapledAsync(server);
        _responder.Script = exchange => exchange.AnswerAsync([], status: 500);
        await AdvanceAsync(TimeSpan.FromHours(12));
        await Eventually.TrueAsync(() => Told == 1);
        await AdvanceAsync(TimeSpan.FromHours(11));
        Assert.Equal(first, await StapleAsync(server));
        await AdvanceAsync(TimeSpan.FromHours(2));
        Assert.Empty(await StapleAsync(server));
        Assert.InRange(_responder.Seen.Count, 10, 60); // it has asked again and again, and not all the time

        // Told once; and when all was well in between, once more.
        Assert.Equal(1, Told);
        Assert.Contains("500", _stapler.Failure!.Message, StringComparison.Ordinal);
        Assert.Contains(_responder.Address.ToString(), _stapler.Failure.Message, StringComparison.Ordinal);
        _responder.Script = exchange => exchange.AnswerAsync(Good().Make());
        await AdvanceAsync(TimeSpan.FromMinutes(31));
        await StapledAsync(server);
        Assert.Null(_stapler.Failure);
        _responder.Script = exchange => exchange.AnswerAsync([], status: 500);
        await AdvanceAsync(TimeSpan.FromHours(13));
        await Eventually.TrueAsync(() => Told == 2);
    }

    [Fact]
    public async Task An_expired_response_is_not_sent_even_where_no_timer_has_noticed()
    {
        using S2nContext server = Server();
        await StapledAsync(server);
        var gate = new TaskCompletionSource();
        _responder.Script = exchange => gate.Task;
        _clock.Set(_clock.GetUtcNow().AddDays(2)); // the machine has slept
        Assert.Empty(await StapleAsync(server));
        await Eventually.TrueAsync(() => _responder.Seen.Count == 2); // and another is asked for at once
        gate.SetResult();
    }

    [Fact]
    public async Task A_clock_that_is_set_back_has_the_responder_asked_again()
    {
        using S2nContext server = Server();
        await StapledAsync(server);
        _clock.Set(_clock.GetUtcNow().AddMinutes(-4));
        await AdvanceAsync(TimeSpan.FromHours(1));
        _clock.Set(_clock.GetUtcNow().AddHours(-2));
        await AdvanceAsync(TimeSpan.FromHours(1));
        await Eventually.TrueAsync(() => _responder.Seen.Count >= 2);
    }

    [Fact]
    public async Task A_certificate_that_is_revoked_is_told_of_and_clients_are_shown_it()
    {
        _responder.Script = exchange => exchange.AnswerAsync((Good() with { Status = 1 }).Make());
        using S2nContext server = Server();
        await Eventually.TrueAsync(() => Told == 1);
        Assert.Contains("revoked", _stapler.Failure!.Message, StringComparison.Ordinal);
        AuthenticationException error = await Assert.ThrowsAsync<AuthenticationException>(() => StapleAsync(server));
        Assert.Equal("S2N_ERR_CERT_REVOKED", Assert.IsType<S2nException>(error.InnerException).S2nErrorName);
    }

    public static TheoryData<string> Useless() => ["for another certificate", "of a stranger", "unknown", "expired", "garbage", "huge", "an error"];

    [Theory]
    [MemberData(nameof(Useless))]
    public async Task What_is_no_good_answer_is_not_stapled_and_told(string kind)
    {
        using X509Certificate2 other = CertificateMaker.Leaf(_root);
        using X509Certificate2 stranger = CertificateMaker.Authority("Root of staplers");
        _responder.Script = exchange => exchange.AnswerAsync(kind switch
        {
            "for another certificate" => new OcspResponseMaker(_root, other).Make(),
            "of a stranger" => (Good() with { Signer = stranger }).Make(),
            "unknown" => (Good() with { Status = 2 }).Make(),
            "expired" => OcspResponder.MakeExpired(_root, _leaf),
            "garbage" => "garbage"u8.ToArray(),
            "huge" => new byte[100_000],
            _ => OcspResponseMaker.MakeError(3),
        });
        using S2nContext server = Server();
        await Eventually.TrueAsync(() => Told == 1);
        Assert.IsType<IOException>(_told[0]);
        Assert.Contains("CN=leaf", _told[0].Message, StringComparison.Ordinal);
        Assert.Empty(await StapleAsync(server));
    }

    [Fact]
    public async Task An_older_answer_than_the_one_at_hand_changes_nothing()
    {
        using S2nContext server = Server();
        byte[] first = await StapledAsync(server);
        _responder.Script = exchange => exchange.AnswerAsync((Good() with { ThisUpdate = _start.AddDays(-1) }).Make());
        await AdvanceAsync(TimeSpan.FromHours(12));
        await Eventually.TrueAsync(() => _responder.Seen.Count == 2 && _responder.Open == 0);
        await AdvanceAsync(TimeSpan.FromMinutes(1));
        Assert.Equal(first, await StapleAsync(server));
    }

    [Fact]
    public async Task A_response_that_the_certificate_came_with_is_the_first_while_it_is_good()
    {
        byte[] brought = (Good() with { NextUpdate = _clock.GetUtcNow().AddHours(2) }).Make();
        using S2nContext server = Server(brought);
        Assert.Equal(brought, await StapleAsync(server));
        Assert.Empty(_responder.Seen);
        await AdvanceAsync(TimeSpan.FromHours(1));
        await StapledAsync(server, unlike: brought);
    }

    [Fact]
    public async Task A_response_that_the_certificate_came_with_and_is_no_good_is_not_sent()
    {
        _responder.Script = exchange => exchange.AnswerAsync([], status: 500);
        using S2nContext server = Server(OcspResponder.MakeExpired(_root, _leaf));
        Assert.Empty(await StapleAsync(server));
        await Eventually.TrueAsync(() => Told == 1);
    }

    [Fact]
    public async Task Replaced_certificates_are_looked_after_and_those_before_no_longer()
    {
        using S2nContext server = Server();
        await StapledAsync(server);
        await using var another = new ScriptedResponder();
        using X509Certificate2 next = CertificateMaker.Leaf(_root, subject: "CN=next", ocsp: [another.Address]);
        another.Script = exchange => exchange.AnswerAsync(Good(next).Make());
        using (S2nCertificate replacement = S2nCertificate.FromX509(next, [_root]))
        {
            server.ReplaceCertificates(replacement);
        }

        await StapledAsync(server);
        Assert.Equal(1, _stapler.Keeper.Count);
        await AdvanceAsync(TimeSpan.FromHours(12));
        await Eventually.TrueAsync(() => another.Seen.Count == 2);
        Assert.Single(_responder.Seen);

        // The same again: what is known of it stays.
        using S2nCertificate same = S2nCertificate.FromX509(next, [_root]);
        server.ReplaceCertificates(same);
        Assert.NotEmpty(await StapleAsync(server));
    }

    [Fact]
    public async Task A_replacement_that_fails_changes_nothing()
    {
        using S2nContext server = Server();
        byte[] first = await StapledAsync(server);
        S2nCertificate disposed = S2nCertificate.FromX509(_leaf, [_root]);
        disposed.Dispose();
        Assert.Throws<ObjectDisposedException>(() => server.ReplaceCertificates(disposed));
        Assert.Equal(first, await StapleAsync(server));
        Assert.Equal(1, _stapler.Keeper.Count);
    }

    [Fact]
    public async Task Contexts_that_share_a_stapler_share_its_responses()
    {
        using S2nContext one = Server();
        byte[] response = await StapledAsync(one);
        using S2nContext other = Server();
        Assert.Equal(response, await StapleAsync(other));
        one.Dispose();
        await AdvanceAsync(TimeSpan.FromHours(12));
        await StapledAsync(other, unlike: response);
        Assert.Equal(2, _responder.Seen.Count);
    }

    [Fact]
    public async Task With_the_last_context_all_ends_also_a_question_that_is_not_answered()
    {
        _responder.Script = exchange => exchange.NeverAsync();
        S2nContext server = Server();
        await Eventually.TrueAsync(() => _responder.Open == 1);
        server.Dispose();
        await Eventually.TrueAsync(() => _responder.Open == 0);
        Assert.Equal(0, _stapler.Keeper.Count);
        await Eventually.TrueAsync(() => _clock.WaitingTimers == 0);
        Assert.Equal(0, Told);
    }

    [Fact]
    public async Task A_context_that_nobody_disposes_is_collected_and_no_more_is_asked()
    {
        await UseAndForgetAsync();
        await Eventually.TrueAsync(() =>
        {
            GC.Collect();
            GC.WaitForPendingFinalizers();
            return _stapler.Keeper.Count == 0;
        });

        async Task UseAndForgetAsync() => await StapledAsync(Server());
    }

    [Fact]
    public async Task A_certificate_that_names_no_responder_is_shown_as_it_is()
    {
        using X509Certificate2 silent = CertificateMaker.Leaf(_root);
        byte[] brought = new OcspResponseMaker(_root, silent).Make();
        using S2nCertificate plain = S2nCertificate.FromX509(silent, [_root]);
        using S2nCertificate stapled = plain.WithOcspResponse(brought);
        using S2nContext server = Server(stapled);
        Assert.Equal(brought, await StapleAsync(server));
        Assert.Equal(0, _stapler.Keeper.Count);
        Assert.Null(_stapler.Failure);
    }

    [Fact]
    public async Task A_certificate_whose_issuer_is_not_in_its_chain_is_shown_as_it_is_and_told_of()
    {
        using S2nCertificate alone = S2nCertificate.FromX509(_leaf);
        using S2nContext server = Server(alone);
        await Eventually.TrueAsync(() => Told == 1);
        Assert.Contains("not in the chain", _stapler.Failure!.Message, StringComparison.Ordinal);
        Assert.Empty(await StapleAsync(server));
    }

    [Fact]
    public async Task Of_several_responders_the_next_is_asked_where_one_fails_and_the_good_one_first_afterwards()
    {
        await using var broken = new ScriptedResponder();
        using X509Certificate2 leaf = CertificateMaker.Leaf(_root, ocsp: [broken.Address, _responder.Address]);
        _responder.Script = exchange => exchange.AnswerAsync(Good(leaf).Make());
        using S2nCertificate certificate = S2nCertificate.FromX509(leaf, [_root]);
        using S2nContext server = Server(certificate);
        byte[] first = await StapledAsync(server);
        await AdvanceAsync(TimeSpan.FromHours(12));
        await StapledAsync(server, unlike: first);
        Assert.Single(broken.Seen);
        Assert.Equal(0, Told);
    }

    [Fact]
    public async Task Timestamps_stay_beside_a_response_that_is_fetched()
    {
        byte[] timestamps = [0, 4, 0, 2, 1, 2];
        using S2nCertificate plain = S2nCertificate.FromX509(_leaf, [_root]);
        using S2nCertificate certificate = plain.WithSignedCertificateTimestamps(timestamps);
        using S2nContext server = Server(certificate);
        await StapledAsync(server);
        using S2nContext asking = TestContexts.MakeClient(options =>
        {
            options.TrustedRoots = [_root];
            options.RequestSignedCertificateTimestamps = true;
        });
        await using TlsPair pair = await TlsPair.InMemoryAsync(client: asking, server: server);
        Assert.Equal(timestamps, pair.Client.SignedCertificateTimestamps.ToArray());
    }

    [Fact]
    public async Task Sessions_are_resumed_across_a_renewal()
    {
        using S2nContext server = Server(resumes: true);
        byte[] first = await StapledAsync(server);
        using S2nContext keeping = TestContexts.MakeClient(options =>
        {
            options.TrustedRoots = [_root];
            options.AllowTlsResume = true;
        });
        Assert.False(await IsResumedAsync());
        await AdvanceAsync(TimeSpan.FromHours(12));
        await StapledAsync(server, unlike: first);
        Assert.True(await IsResumedAsync());

        async Task<bool> IsResumedAsync()
        {
            await using TlsPair pair = await TlsPair.InMemoryAsync(client: keeping, server: server);
            await pair.Server.WriteAsync(new byte[1]).WithDeadline();
            await pair.Client.ReadExactlyAsync(new byte[1]).WithDeadline();
            return pair.Client.IsSessionResumed;
        }
    }

    private OcspResponseMaker Good() => Good(_leaf);

    /// <summary>Good for a day, and newer than those before; not by the test's clock, since clients have another.</summary>
    private OcspResponseMaker Good(X509Certificate2 leaf) =>
        new(_root, leaf) { ThisUpdate = _start.AddSeconds(Interlocked.Increment(ref _made)), NextUpdate = _clock.GetUtcNow().AddDays(1) };

    private S2nContext Server(byte[]? brought = null, bool resumes = false)
    {
        using S2nCertificate plain = S2nCertificate.FromX509(_leaf, [_root]);
        using S2nCertificate stapled = plain.WithOcspResponse(brought);
        return Server(brought is null ? plain : stapled, resumes);
    }

    private S2nContext Server(S2nCertificate certificate, bool resumes = false) => TestContexts.MakeServer(options =>
    {
        options.Certificates[0] = certificate;
        options.OcspStapler = _stapler;
        options.AllowTlsResume = resumes;
    });

    /// <summary>What one handshake staples.</summary>
    private async Task<byte[]> StapleAsync(S2nContext server)
    {
        await using TlsPair pair = await TlsPair.InMemoryAsync(client: _client, server: server);
        return pair.Client.OcspResponse.ToArray();
    }

    /// <summary>Waits until handshakes staple something, or something else than before.</summary>
    private async Task<byte[]> StapledAsync(S2nContext server, byte[]? unlike = null)
    {
        byte[] staple = [];
        for (long start = Environment.TickCount64; staple.Length == 0 || (unlike is not null && staple.SequenceEqual(unlike)); staple = await StapleAsync(server))
        {
            Assert.True(Environment.TickCount64 - start < Deadline.Default.TotalMilliseconds, $"Nothing came. {_stapler.Failure}");
        }

        return staple;
    }

    /// <summary>Has time pass in steps that are shorter than a responder may take, with what is asked meanwhile answered.</summary>
    private async Task AdvanceAsync(TimeSpan time)
    {
        TimeSpan step = TimeSpan.FromSeconds(10);
        for (TimeSpan passed = TimeSpan.Zero; passed < time; passed += step)
        {
            await Eventually.TrueAsync(() => _clock.WaitingTimers > 0 && _stapler.Keeper.Asking == 0);
            _clock.Advance(step);
        }

        await Eventually.TrueAsync(() => _clock.WaitingTimers > 0 && _stapler.Keeper.Asking == 0);
    }
}
