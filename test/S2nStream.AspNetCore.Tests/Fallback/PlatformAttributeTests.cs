using System.Reflection;
using System.Runtime.Versioning;

namespace S2nTls.AspNetCore.Tests.Fallback;

/// <summary>
/// What the platform analyzer (CA1416) tells a program for any platform: it warns where something throws elsewhere, unless IsSupported was asked; and not
/// where there is a way out at run time, as with <c>UseS2n</c>, nor of options.
/// </summary>
public class PlatformAttributeTests
{
    private static readonly Type[] s_forLinux =
    [
        typeof(S2nCertificate), typeof(S2nCertificateWatcher), typeof(S2nContext), typeof(S2nLibrary), typeof(S2nPreSharedKey), typeof(S2nRevocationList),
    ];

    public static TheoryData<Type> Libraries => [typeof(S2nStream), typeof(S2nHttpHandler), typeof(S2nHttpsOptions)];

    [Theory, MemberData(nameof(Libraries))]
    public void Types_that_need_s2n_are_for_Linux_and_no_others(Type inLibrary)
    {
        Assert.Null(inLibrary.Assembly.GetCustomAttribute<SupportedOSPlatformAttribute>());
        Assert.Equal(
            s_forLinux.Where(type => type.Assembly == inLibrary.Assembly).Select(static type => type.FullName),
            inLibrary.Assembly.GetExportedTypes().Where(static type => IsForLinux(type)).Select(static type => type.FullName).Order(StringComparer.Ordinal));
    }

    /// <summary>Not the type: whoever is given a stream, by Kestrel or the handler, is where it was made.</summary>
    [Fact]
    public void So_is_making_a_stream() => Assert.All(typeof(S2nStream).GetConstructors(), static constructor => Assert.True(IsForLinux(constructor)));

    [Fact]
    public void So_are_members_of_other_types_that_ask_s2n() => Assert.Equal(
        ["S2nCertificateFiles.Load", "S2nSecurityPolicy.CipherSuites", "S2nSecurityPolicy.KeyExchangeGroups", "S2nSecurityPolicy.Protocols", "S2nSecurityPolicy.SignatureSchemes"],
        typeof(S2nStream).Assembly.GetExportedTypes().SelectMany(static type => type.GetMembers()).Where(static member => member is not Type and not ConstructorInfo && IsForLinux(member))
            .Select(static member => $"{member.DeclaringType!.Name}.{member.Name}").Order(StringComparer.Ordinal));

    [Theory]
    [InlineData(typeof(S2nStream))]
    [InlineData(typeof(S2nHttpHandler))]
    public void IsSupported_guards_what_is_for_Linux(Type type) => Assert.Equal(
        "linux", type.GetProperty("IsSupported")!.GetCustomAttribute<SupportedOSPlatformGuardAttribute>()!.PlatformName);

    private static bool IsForLinux(MemberInfo member) => member.GetCustomAttribute<SupportedOSPlatformAttribute>(inherit: false)?.PlatformName == "linux";
}
