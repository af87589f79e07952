using System.Xml.Linq;

namespace S2nTls.Tests.Documentation;

/// <summary>
/// Editors and the API reference show one summary and one text for each parameter. The compiler does not mind several: those of a partial type's
/// parts, which are only for readers of the source and so are content elements.
/// </summary>
public class XmlDocumentationTests
{
    private static readonly HashSet<string> s_public = [.. typeof(S2nStream).Assembly.GetExportedTypes().Select(type => $"T:{type.FullName!.Replace('+', '.')}")];

    [Fact]
    public void Each_public_type_has_one_summary_and_one_of_remarks() => Assert.Empty(
        from member in XDocument.Load(Path.Combine(AppContext.BaseDirectory, "S2nStream.xml")).Descendants("member")
        let name = member.Attribute("name")!.Value
        where s_public.Contains(name) && (member.Elements("summary").Count() > 1 || member.Elements("remarks").Count() > 1)
        select name);
}
