using Mono.Cecil;
using Mono.Cecil.Cil;

namespace Tillbridge.Tests.Architecture;

/// <summary>The places of a type where a use can hide.</summary>
internal enum Plant
{
    BaseType, Interface, Attribute, Field, GenericArgument, Parameter, ReturnType, Local, Call, TypeTest, Catch, Constraint, CompilerMade,
}

/// <summary>An assembly in memory in which one type uses another in one chosen place.</summary>
internal static class PlantedAssembly
{
    public static ModuleDefinition Make(string from, string to, Plant plant)
    {
        var module = ModuleDefinition.CreateModule("Planted", ModuleKind.Dll);
        var nothing = module.TypeSystem.Void;
        var used = new TypeDefinition(to, "Used", TypeAttributes.Class, module.TypeSystem.Object);
        var user = new TypeDefinition(from, "User", TypeAttributes.Class, module.TypeSystem.Object);
        var method = new MethodDefinition("Work", MethodAttributes.Static, nothing);
        var target = new MethodDefinition("Target", MethodAttributes.Static, nothing);
        used.Methods.Add(target);
        user.Methods.Add(method);
        module.Types.Add(used);
        module.Types.Add(user);
        switch (plant)
        {
            case Plant.BaseType: user.BaseType = used; break;
            case Plant.Interface: user.Interfaces.Add(new InterfaceImplementation(used)); break;
            case Plant.Attribute: method.CustomAttributes.Add(new CustomAttribute(target)); break;
            case Plant.Field: user.Fields.Add(new FieldDefinition("kept", FieldAttributes.Private, new ArrayType(used))); break;
            case Plant.GenericArgument: user.Fields.Add(new FieldDefinition("kept", FieldAttributes.Private, ListOf(module, used))); break;
            case Plant.Parameter: method.Parameters.Add(new ParameterDefinition(new ByReferenceType(used))); break;
            case Plant.ReturnType: method.ReturnType = used; break;
            case Plant.Local: method.Body.Variables.Add(new VariableDefinition(used)); break;
            case Plant.Call: method.Body.Instructions.Add(Instruction.Create(OpCodes.Call, target)); break;
            case Plant.TypeTest: method.Body.Instructions.Add(Instruction.Create(OpCodes.Isinst, used)); break;
            case Plant.Catch: method.Body.ExceptionHandlers.Add(new(ExceptionHandlerType.Catch) { CatchType = used }); break;
            case Plant.Constraint: Constrain(method, used); break;
            case Plant.CompilerMade: AddStateMachine(user, used); break;
            default: throw new ArgumentOutOfRangeException(nameof(plant));
        }

        return module;
    }

    private static GenericInstanceType ListOf(ModuleDefinition module, TypeReference used)
    {
        var list = new TypeReference("System.Collections.Generic", "List`1", module, module.TypeSystem.CoreLibrary);
        list.GenericParameters.Add(new GenericParameter(list));
        return new GenericInstanceType(list) { GenericArguments = { used } };
    }

    private static void Constrain(MethodDefinition method, TypeReference used)
    {
        var parameter = new GenericParameter("T", method);
        parameter.Constraints.Add(new GenericParameterConstraint(used));
        method.GenericParameters.Add(parameter);
    }

    private static void AddStateMachine(TypeDefinition user, TypeReference used)
    {
        var machine = new TypeDefinition("", "<Work>d__0", TypeAttributes.NestedPrivate, user.Module.TypeSystem.Object);
        machine.Fields.Add(new FieldDefinition("<>2__current", FieldAttributes.Private, used));
        user.NestedTypes.Add(machine);
    }
}
