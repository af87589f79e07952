using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Logging;

namespace S2nTls.AspNetCore.Tests;

/// <summary>OCSP responses that a server fetches by itself and staples, from a real responder: under <c>UseS2n</c> as under <c>UseHttps</c>.</summary>
[Needs("openssl")]
public sealed class FetchedStapleTests : IAsyncLifetime
{
    private readonly X509Certificate2 _root = CertificateMaker.Authority("Root of an application");
    private OcspProgram _responder = null!;
    private X509Certificate2 _leaf = null!;

    public async Task InitializeAsync()
    {
        _responder = await OcspProgram.StartAsync(_root);
        _leaf = CertificateMaker.Leaf(_root, ocsp: [_responder.Address]);
        await _responder.SayAsync(revoked: false, _leaf);
    }

    public async Task DisposeAsync() => await _responder.DisposeAsync();

    [Theory]
    [InlineData("UseHttps")]
    [InlineData("UseS2n")]
    public async Task A_certificate_with_its_chain_is_stapled(string how)
    {
        await using WebHostUnderTest host = await WebHostUnderTest.ListenAsync(listen =>
        {
            if (how == "UseHttps")
            {
                listen.UseHttps(_leaf, https => https.ServerCertificateChain = [_root]);
            }
            else
            {
                listen.UseS2n(_leaf, https => https.ServerCertificateChain = [_root]);
            }
        });
        await StapledAsync(host);
    }

    [Theory]
    [InlineData("UseHttps")]
    [InlineData("UseS2n")]
    public async Task One_that_a_selector_gives_is_not(string how)
    {
        await using WebHostUnderTest host = await WebHostUnderTest.ListenAsync(listen =>
        {
            if (how == "UseHttps")
            {
                listen.UseHttps(https =>
                {
                    https.ServerCertificateSelector = (_, _) => _leaf;
                    https.ServerCertificateChain = [_root];
                });
            }
            else
            {
                listen.UseS2n(https =>
                {
                    https.ServerCertificateSelector = (_, _) => _leaf;
                    https.ServerCertificateChain = [_root];
                });
            }
        });
        await NotStapledAsync(host);
    }

    [Fact]
    public async Task One_that_a_selector_gives_is_stapled_where_a_stapler_was_set()
    {
        await using WebHostUnderTest host = await WebHostUnderTest.ListenAsync(listen => listen.UseS2n(https =>
        {
            https.ServerCertificateSelector = (_, _) => _leaf;
            https.ServerCertificateChain = [_root];
            https.Tls.OcspStapler = new S2nOcspStapler();
        }));
        await StapledAsync(host);
    }

    [Fact]
    public async Task Certificates_in_files_are_stapled_also_when_the_files_have_changed()
    {
        using var directory = new TempDirectory();
        string chain = directory.PathOf("chain.pem"), keyFile = directory.PathOf("key.pem");
        Write(_leaf);
        await using WebHostUnderTest host = await WebHostUnderTest.ListenAsync(listen => listen.UseS2nPem(chain, keyFile));
        await StapledAsync(host);
        using X509Certificate2 next = CertificateMaker.Leaf(_root, ocsp: [_responder.Address], subject: "CN=next");
        await _responder.SayAsync(revoked: false, _leaf, next);
        Write(next);
        await StapledAsync(host, subject: "CN=next");

        void Write(X509Certificate2 leaf)
        {
            using ECDsa key = leaf.GetECDsaPrivateKey()!;
            Replace(keyFile, key.ExportPkcs8PrivateKeyPem());
            Replace(chain, $"{leaf.ExportCertificatePem()}\n{_root.ExportCertificatePem()}\n");
        }

        static void Replace(string file, string content)
        {
            File.WriteAllText($"{file}.new", content);
            File.Move($"{file}.new", file, overwrite: true);
        }
    }

    [Fact]
    public async Task Code_can_turn_it_off()
    {
        await using WebHostUnderTest host = await WebHostUnderTest.ListenAsync(listen => listen.UseS2n(_leaf, https =>
        {
            https.ServerCertificateChain = [_root];
            https.Tls.OcspStapler = null;
        }));
        await NotStapledAsync(host);
    }

    [Theory]
    [InlineData("true", true)]
    [InlineData("false", false)]
    [InlineData(null, true)]
    public async Task The_configuration_can_turn_it_off(string? setting, bool staples)
    {
        using var directory = new TempDirectory();
        File.WriteAllText(directory.PathOf("chain.pem"), $"{_leaf.ExportCertificatePem()}\n{_root.ExportCertificatePem()}\n");
        using ECDsa key = _leaf.GetECDsaPrivateKey()!;
        File.WriteAllText(directory.PathOf("key.pem"), key.ExportPkcs8PrivateKeyPem());
        await using WebHostUnderTest host = await WebHostUnderTest.StartAsync(builder =>
        {
            builder.Configuration.AddInMemoryCollection(new Dictionary<string, string?>
            {
                ["Kestrel:Endpoints:One:Url"] = "https://127.0.0.1:0",
                ["Kestrel:Endpoints:One:S2n:Certificate:Path"] = directory.PathOf("chain.pem"),
                ["Kestrel:Endpoints:One:S2n:Certificate:KeyPath"] = directory.PathOf("key.pem"),
            });
            if (setting is not null)
            {
                builder.Configuration.AddInMemoryCollection(new Dictionary<string, string?> { ["Kestrel:Endpoints:One:S2n:OcspStapling"] = setting });
            }

            builder.WebHost.UseS2n();
        });
        await (staples ? StapledAsync(host) : NotStapledAsync(host));
    }

    [Fact]
    public async Task A_responder_that_cannot_be_reached_is_a_warning_in_the_log_and_nothing_more()
    {
        using X509Certificate2 leaf = CertificateMaker.Leaf(_root, ocsp: [new Uri("http://127.0.0.1:1/")]);
        await using WebHostUnderTest host = await WebHostUnderTest.ListenAsync(listen => listen.UseS2n(leaf, https => https.ServerCertificateChain = [_root]));
        LogEntry entry = await host.Log.WaitForAsync(entry => entry.Id.Name == "OcspResponseNotFetched");
        Assert.Equal(LogLevel.Warning, entry.Level);
        Assert.Contains("http://127.0.0.1:1/", entry.Text, StringComparison.Ordinal);
        await NotStapledAsync(host);
    }

    [Fact]
    public async Task A_certificate_that_names_no_responder_is_not_worth_a_word()
    {
        await using WebHostUnderTest host = await WebHostUnderTest.ListenAsync(listen => listen.UseS2n(TestAuthority.Localhost));
        await ConnectAsync(host, TestAuthority.Default.Roots);
        Assert.DoesNotContain(host.Log.Entries, entry => entry.Id.Name == "OcspResponseNotFetched");
    }

    /// <summary>Waits until the server staples something.</summary>
    private async Task StapledAsync(WebHostUnderTest host, string subject = "CN=leaf")
    {
        for (long start = Environment.TickCount64; await ConnectAsync(host, [_root]) is var (staple, shown) && (staple.Length == 0 || shown != subject); await Task.Delay(5))
        {
            Assert.True(Environment.TickCount64 - start < Deadline.Default.TotalMilliseconds, "Nothing came.");
        }
    }

    /// <summary>After as many connections as others need to be stapled, and a while.</summary>
    private async Task NotStapledAsync(WebHostUnderTest host)
    {
        for (int i = 0; i < 20; i++)
        {
            Assert.Equal(0, (await ConnectAsync(host, [_root])).Staple.Length);
            await Task.Delay(10);
        }
    }

    private static async Task<(ReadOnlyMemory<byte> Staple, string Subject)> ConnectAsync(WebHostUnderTest host, X509Certificate2Collection roots)
    {
        using S2nContext client = S2nContext.CreateClient(new S2nClientOptions { TrustedRoots = roots, OcspStapling = S2nOcspStapling.Request, AllowTlsResume = false });
        using var tcp = new TcpClient();
        await tcp.ConnectAsync(IPAddress.Loopback, host.Port).WithDeadline();
        await using var stream = new S2nStream(tcp.GetStream());
        await stream.AuthenticateAsClientAsync(client, "localhost").WithDeadline();
        return (stream.OcspResponse.ToArray(), stream.RemoteCertificate!.Subject);
    }
}
