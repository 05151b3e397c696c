using Mono.Cecil;
using Mono.Cecil.Cil;

namespace Tillbridge.Tests.Architecture;

/// <summary>One type of an assembly uses another. Types that the compiler made belong to the type they were made for.</summary>
internal sealed record TypeUse(string FromNamespace, string From, string ToNamespace, string To)
{
    /// <summary>All uses in a module that a using directive would not show, and those that it would.</summary>
    public static IEnumerable<TypeUse> In(ModuleDefinition module) =>
        module.GetTypes().SelectMany(type => Mentions(type).SelectMany(Flatten).Select(used => Make(type, used))).Distinct();

    private static TypeUse Make(TypeReference from, TypeReference to)
    {
        var (user, used) = (Outermost(from), Outermost(to));
        return new(user.Namespace, user.FullName, used.Namespace, used.FullName);
    }

    private static TypeReference Outermost(TypeReference type)
    {
        while (type.DeclaringType is not null) type = type.DeclaringType;
        return type;
    }

    private static IEnumerable<TypeReference?> Mentions(TypeDefinition type)
    {
        IEnumerable<TypeReference?> mentioned = [type.BaseType, .. type.Interfaces.Select(face => face.InterfaceType)];
        return mentioned
            .Concat(Attributes(type)).Concat(type.Interfaces.SelectMany(Attributes)).Concat(Generics(type))
            .Concat(type.Fields.SelectMany(field => Attributes(field).Append(field.FieldType)))
            .Concat(type.Properties.SelectMany(property => Attributes(property).Append(property.PropertyType)))
            .Concat(type.Events.SelectMany(happening => Attributes(happening).Append(happening.EventType)))
            .Concat(type.Methods.SelectMany(Mentions));
    }

    private static IEnumerable<TypeReference?> Mentions(MethodDefinition method)
    {
        var mentioned = Attributes(method).Concat(Generics(method)).Append(method.ReturnType).Concat(Attributes(method.MethodReturnType))
            .Concat(method.Parameters.SelectMany(parameter => Attributes(parameter).Append(parameter.ParameterType)))
            .Concat(method.Overrides.SelectMany(Mentions));
        if (!method.HasBody) return mentioned;
        return mentioned
            .Concat(method.Body.Variables.Select(local => local.VariableType))
            .Concat(method.Body.ExceptionHandlers.Select(handler => handler.CatchType))
            .Concat(method.Body.Instructions.SelectMany(instruction => Operand(instruction)));
    }

    private static IEnumerable<TypeReference?> Operand(Instruction instruction) => instruction.Operand switch
    {
        TypeReference type => [type],
        FieldReference field => [field.DeclaringType, field.FieldType],
        MethodReference method => Mentions(method),
        CallSite call => call.Parameters.Select(parameter => parameter.ParameterType).Append(call.ReturnType),
        _ => [],
    };

    private static IEnumerable<TypeReference?> Mentions(MethodReference method)
    {
        IEnumerable<TypeReference?> mentioned =
            [method.DeclaringType, method.ReturnType, .. method.Parameters.Select(parameter => parameter.ParameterType)];
        return method is GenericInstanceMethod closed ? mentioned.Concat(closed.GenericArguments) : mentioned;
    }

    private static IEnumerable<TypeReference?> Generics(IGenericParameterProvider owner) => owner.GenericParameters
        .SelectMany(parameter => Attributes(parameter).Concat(parameter.Constraints.Select(constraint => constraint.ConstraintType)));

    private static IEnumerable<TypeReference?> Attributes(ICustomAttributeProvider owner) => owner.CustomAttributes.SelectMany(attribute =>
        attribute.ConstructorArguments.Concat(attribute.Properties.Concat(attribute.Fields).Select(named => named.Argument))
            .Select(argument => argument.Value as TypeReference).Append(attribute.AttributeType));

    // A list of arrays of a type is a use of the type as well.
    private static IEnumerable<TypeReference> Flatten(TypeReference? type) => type switch
    {
        null or GenericParameter => [],
        GenericInstanceType closed => closed.GenericArguments.SelectMany(Flatten).Concat(Flatten(closed.ElementType)),
        FunctionPointerType pointer =>
            pointer.Parameters.SelectMany(parameter => Flatten(parameter.ParameterType)).Concat(Flatten(pointer.ReturnType)),
        IModifierType modified => Flatten(modified.ModifierType).Concat(Flatten(modified.ElementType)),
        TypeSpecification wrapped => Flatten(wrapped.ElementType),
        _ => [type],
    };
}
