using System.Reflection;
using System.Text;

namespace S2nTls.Tests.Surface;

/// <summary>
/// All of a public member that a program compiled against it can tell, as text in the manner of a declaration.
/// Whether it overrides or is inherited does not count: the caller sees the same.
/// </summary>
internal static class MemberSignature
{
    private static readonly NullabilityInfoContext s_nullability = new();

    /// <summary>Public constructors and public instance members; with those of its bases where <paramref name="inherited"/>.</summary>
    internal static IEnumerable<string> OfPublic(Type type, bool inherited)
    {
        BindingFlags members = BindingFlags.Public | BindingFlags.Instance | (inherited ? BindingFlags.Default : BindingFlags.DeclaredOnly);
        return type.GetConstructors().Select(Of)
            .Concat(type.GetMethods(members).Where(method => !method.IsSpecialName).Select(Of))
            .Concat(type.GetProperties(members).Select(Of))
            .Concat(type.GetEvents(members).Select(member => $"event {member.Name}"))
            .Concat(type.GetFields(members).Select(member => $"field {member.Name}"));
    }

    private static string Of(ConstructorInfo constructor) => $"{Attributes(constructor)}new({Parameters(constructor)})";

    private static string Of(MethodInfo method) =>
        $"{Attributes(method)}{Virtual(method)}{Type(s_nullability, method.ReturnParameter)} {method.Name}{GenericParameters(method)}({Parameters(method)})";

    private static string Of(PropertyInfo property)
    {
        lock (s_nullability)
        {
            string accessors = string.Join(" ", property.GetAccessors().Select(accessor => accessor.Name.Split('_')[0] + ";"));
            return $"{Attributes(property)}{Virtual(property.GetAccessors()[0])}{Type(s_nullability.Create(property), property.PropertyType)} {property.Name} {{ {accessors} }}";
        }
    }

    private static string Virtual(MethodInfo method) => method is { IsVirtual: true, IsFinal: false } ? "virtual " : "";

    private static string GenericParameters(MethodInfo method) =>
        method.IsGenericMethodDefinition ? $"<{string.Join(", ", method.GetGenericArguments().Select(argument => argument.Name))}>" : "";

    private static string Parameters(MethodBase method) => string.Join(", ", method.GetParameters().Select(parameter =>
    {
        string text = $"{Type(s_nullability, parameter)} {parameter.Name}";
        string modifier = parameter.IsOut ? "out " : parameter.IsIn ? "in " : parameter.IsDefined(typeof(ParamArrayAttribute)) ? "params " : "";
        return modifier + text + (parameter.HasDefaultValue ? $" = {parameter.DefaultValue ?? "default"}" : "");
    }));

    private static string Type(NullabilityInfoContext context, ParameterInfo parameter)
    {
        lock (context)
        {
            return Type(context.Create(parameter), parameter.ParameterType);
        }
    }

    private static string Type(NullabilityInfo nullability, Type type)
    {
        var text = new StringBuilder(type.Name.Split('`')[0]);
        if (type.IsGenericType)
        {
            text.Append('<').AppendJoin(", ", nullability.GenericTypeArguments.Select(argument => Type(argument, argument.Type))).Append('>');
        }

        return text.Append(!type.IsValueType && nullability.ReadState == NullabilityState.Nullable ? "?" : "").ToString();
    }

    /// <summary>What the compiler warns of. A message's text is no part of a signature; what suppresses it is.</summary>
    private static string Attributes(MemberInfo member) =>
        member.GetCustomAttribute<ObsoleteAttribute>(inherit: false) is { } obsolete
            ? $"[Obsolete {obsolete.DiagnosticId}{(obsolete.IsError ? " error" : "")}] "
            : "";
}
