using System.Reflection;
using System.Runtime.CompilerServices;

namespace Tillbridge.Tests.Architecture;

/// <summary>What users of an assembly can see, as sorted lines of text.</summary>
internal static class PublicSurface
{
    private const BindingFlags Declared =
        BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Instance | BindingFlags.Static | BindingFlags.DeclaredOnly;

    private static readonly NullabilityInfoContext Nullability = new();

    public static IReadOnlyList<string> Of(Assembly assembly) =>
        [.. assembly.GetExportedTypes().SelectMany(Lines).Distinct().Order(StringComparer.Ordinal)];

    private static IEnumerable<string> Lines(Type type)
    {
        var name = Name(type);
        yield return $"{name} : {Kind(type)}{Parents(type)}";
        if (typeof(Delegate).IsAssignableFrom(type))
        {
            yield return $"{name}({Parameters(type.GetMethod("Invoke")!)})";
            yield break;
        }

        foreach (var member in type.GetMembers(Declared))
        {
            if (Describe(member) is { } line) yield return $"{name}.{line}";
        }
    }

    private static string? Describe(MemberInfo member) => member switch
    {
        ConstructorInfo { IsStatic: false } made when IsSeen(made) => $"new({Parameters(made)})",
        PropertyInfo property when property.GetAccessors(nonPublic: true).Any(IsSeen) => Describe(property),
        FieldInfo { IsLiteral: true } constant when IsSeen(constant) => $"{constant.Name} = {constant.GetRawConstantValue()}",
        FieldInfo field when IsSeen(field) && !field.IsSpecialName =>
            $"{field.Name} : {Name(field.FieldType, Nullability.Create(field))}{(field.IsInitOnly ? " readonly" : "")}",
        EventInfo happening when IsSeen(happening.AddMethod!) => $"{happening.Name} : event {Name(happening.EventHandlerType!)}",
        MethodInfo method when IsWritten(method) =>
            $"{method.Name}{Arguments(method)}({Parameters(method)}) : "
            + Name(method.ReturnType, Nullability.Create(method.ReturnParameter))
            + (method.IsStatic ? " static" : method.IsAbstract ? " abstract" : ""),
        _ => null,
    };

    private static string Describe(PropertyInfo property)
    {
        var setter = property.SetMethod is { } set && IsSeen(set)
            ? set.ReturnParameter.GetRequiredCustomModifiers().Contains(typeof(IsExternalInit)) ? " init;" : " set;"
            : "";
        var isStatic = property.GetAccessors(nonPublic: true)[0].IsStatic ? " static" : "";
        var isRequired = property.IsDefined(typeof(RequiredMemberAttribute)) ? " required" : "";
        return $"{property.Name} : {Name(property.PropertyType, Nullability.Create(property))} {{ get;{setter} }}{isStatic}{isRequired}";
    }

    // What the compiler adds to a record, and accessors, are seen through their types and properties.
    private static bool IsWritten(MethodInfo method) =>
        IsSeen(method) && !method.IsDefined(typeof(CompilerGeneratedAttribute))
        && (!method.IsSpecialName || method.Name.StartsWith("op_", StringComparison.Ordinal));

    private static bool IsSeen(MethodBase method) => method.IsPublic || method.IsFamily || method.IsFamilyOrAssembly;

    private static bool IsSeen(FieldInfo field) => field.IsPublic || field.IsFamily || field.IsFamilyOrAssembly;

    private static string Kind(Type type)
    {
        if (type.IsInterface) return "interface";
        if (type.IsEnum) return "enum";
        if (typeof(Delegate).IsAssignableFrom(type)) return "delegate";
        var isRecord = type.GetMethod("<Clone>$") is not null || type.GetMethod("PrintMembers", Declared) is not null;
        var kind = (isRecord ? "record " : "") + (type.IsValueType ? "struct" : "class");
        if (type is { IsAbstract: true, IsSealed: true }) return $"static {kind}";
        return type.IsAbstract ? $"abstract {kind}" : type.IsSealed && !type.IsValueType ? $"sealed {kind}" : kind;
    }

    private static string Parents(Type type)
    {
        if (type.IsEnum || typeof(Delegate).IsAssignableFrom(type)) return "";
        var parent = type.BaseType == typeof(object) || type.BaseType == typeof(ValueType) ? null : type.BaseType;
        var faces = type.GetInterfaces().Except(type.BaseType?.GetInterfaces() ?? []);
        var names = faces.Select(face => Name(face)).Order(StringComparer.Ordinal);
        var all = string.Join(", ", parent is null ? names : names.Prepend(Name(parent)));
        return all.Length == 0 ? "" : $" of {all}";
    }

    private static string Arguments(MethodInfo method) =>
        method.IsGenericMethod ? $"<{string.Join(", ", method.GetGenericArguments().Select(argument => argument.Name))}>" : "";

    private static string Parameters(MethodBase method) => string.Join(", ", method.GetParameters().Select(parameter =>
        $"{Name(parameter.ParameterType, Nullability.Create(parameter))} {parameter.Name}"
        + (parameter.HasDefaultValue ? $" = {parameter.DefaultValue ?? "default"}" : "")));

    private static string Name(Type type, NullabilityInfo? nullability = null)
    {
        var mark = nullability is { ReadState: NullabilityState.Nullable } && !type.IsValueType ? "?" : "";
        if (type.IsByRef) return "ref " + Name(type.GetElementType()!);
        if (type.IsArray) return Name(type.GetElementType()!) + "[]" + mark;
        if (Nullable.GetUnderlyingType(type) is { } inner) return Name(inner) + "?";
        if (type.IsGenericParameter) return type.Name + mark;
        var place = type.IsNested ? Name(type.DeclaringType!) + "." : type.Namespace is "System" ? "" : type.Namespace + ".";
        if (!type.IsGenericType) return place + type.Name + mark;
        var arguments = type.GetGenericArguments()
            .Select((argument, at) => Name(argument, nullability?.GenericTypeArguments.ElementAtOrDefault(at)));
        return $"{place}{type.Name.Split('`')[0]}<{string.Join(", ", arguments)}>{mark}";
    }
}
