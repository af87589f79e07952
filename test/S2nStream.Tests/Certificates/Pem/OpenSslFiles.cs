using System.Diagnostics;

namespace S2nTls.Tests.Certificates;

/// <summary>Certificates and keys as the openssl program writes them.</summary>
public sealed class OpenSslFiles : IAsyncLifetime, IDisposable
{
    public const string Password = "one word and another";

    /// <summary>Parameters of a toy group: nobody looks at them.</summary>
    public const string DhParameters = """
        -----BEGIN DH PARAMETERS-----
        MEYCQQCXCDCvgsqth5gwocfjYyJGHqtPt76chVNkvTmrdq9PoALRCl/IiVtI3CNJ
        Y9JhAuXlItI6MtOhPwk/+DwFJIGHAgEC
        -----END DH PARAMETERS-----

        """;

    private readonly TempDirectory _directory = new();

    /// <summary>A file's text.</summary>
    public string this[string file] => File.ReadAllText(_directory.PathOf(file));

    public async Task InitializeAsync()
    {
        await RunAsync("req -x509 -newkey rsa:2048 -keyout rsa.encrypted -out rsa.crt -subj /CN=rsa -days 9 -passout");
        await RunAsync("req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -keyout ec.encrypted -out ec.crt -subj /CN=ec -days 9 -passout");
        await RunAsync("req -x509 -newkey rsa-pss -pkeyopt rsa_keygen_bits:2048 -keyout pss.encrypted -out pss.crt -subj /CN=pss -days 9 -passout");
        await RunAsync("pkcs8 -in rsa.encrypted -out rsa.key -passin");
        await RunAsync("pkcs8 -in ec.encrypted -out ec.key -passin");
        await RunAsync("genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-256 -aes256 -out other.encrypted -pass");
        await RunAsync("pkcs8 -in other.encrypted -out other.key -passin");
        await RunAsync("rsa -in rsa.key -traditional -out rsa.pkcs1");
        await RunAsync("ecparam -name prime256v1 -out ec.parameters");
        await RunAsync("ec -in ec.key -out ec.sec1");
        await RunAsync("rsa -in rsa.key -traditional -aes128 -out rsa.traditional -passout");
        await RunAsync("ec -in ec.key -aes128 -out ec.traditional -passout");
        await RunAsync("pkcs8 -topk8 -in rsa.key -v1 PBE-SHA1-3DES -out rsa.3des -passout");
        await RunAsync("pkcs8 -topk8 -in ec.key -v2 aes-128-cbc -v2prf hmacWithSHA512 -out ec.aes128 -passout");
        await RunAsync("pkcs8 -topk8 -in ec.key -scrypt -out ec.scrypt -passout");
        await RunAsync("x509 -in ec.crt -trustout -addtrust serverAuth -out ec.trusted");
        await RunAsync("x509 -in ec.crt -text -out ec.explained");
    }

    public Task DisposeAsync() => Task.CompletedTask;

    public void Dispose() => _directory.Dispose();

    private async Task RunAsync(string arguments)
    {
        string[] all = arguments.Split(' ');
        if (all[^1].StartsWith("-pass", StringComparison.Ordinal))
        {
            all = [.. all, $"pass:{Password}"];
        }

        using Process openssl = Process.Start(new ProcessStartInfo("openssl", all) { WorkingDirectory = _directory.Path, RedirectStandardError = true })!;
        string errors = await openssl.StandardError.ReadToEndAsync().WithDeadline();
        await openssl.WaitForExitAsync().WithDeadline();
        Assert.True(openssl.ExitCode == 0, $"openssl {arguments}: {errors}");
    }
}
